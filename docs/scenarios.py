"""Page: every scenario, what it costs and what it draws out."""

from cozecheck import scenarios
from cozecheck.scenarios import Scenario, Subject
from docs.markdown import code, prose, table

SUBJECT = Subject("gpt-4o-mini")
PLANS = [(each, each.plan(SUBJECT)) for each in scenarios.ALL]
REQUESTS = sum(len(sends) for _, sends in PLANS)
TOKENS = sum(send.tokens for _, sends in PLANS for send in sends)
HEAD = f"""\
# Scenarios

A whole run plays {len(PLANS)} scenarios: {REQUESTS} requests, and about {TOKENS:,} tokens at most, prompts included, if
every answer is as long as it may be. Before them come two or three requests of first contact: is anybody there, and
which model answers?

A scenario is played if a selected check needs it, and if it fits into `--max-requests` and `--max-tokens`; the report
notes what was left out. Up to `--concurrency` scenarios run at a time; the requests of one go out one after the other.

The last column holds the checks that a scenario is there for. Yet every check looks at every exchange, wherever it
comes from.
"""


def page() -> str:
    """Write the page."""
    rows = (
        (code([each.id]), len(sends), f"{sum(send.tokens for send in sends):,}", _about(each), code(each.draws))
        for each, sends in PLANS
    )
    head = ("scenario", "requests", "tokens at most", "what it sends", "what it draws out")
    return "\n".join((HEAD, *table(head, rows), ""))


def _about(scenario: Scenario) -> str:
    return prose(scenario.summary) + (" Runs alone." if scenario.alone else "")
