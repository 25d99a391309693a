"""A check in words: what it wants, why, who breaks, how to fix it."""

import textwrap
from collections.abc import Iterable

from cozecheck.checks.registry import EVERY_MUST, Check, matches
from cozecheck.diff import Rule
from cozecheck.findings import DEPARTURE, Basis
from cozecheck.scenarios import Scenario

BASES = {
    Basis.SPEC: "OpenAI documents it",
    Basis.SDK: "an official client breaks without it",
    Basis.DE_FACTO: "OpenAI does it on the wire",
    Basis.TRANSPORT: "HTTP, JSON or the event stream standard asks for it",
}
WIDTH = 100


def explained(check: Check, scenarios: Iterable[Scenario]) -> str:
    """Return everything that is known of *check*, in lines of `WIDTH` columns."""
    drawn = [each.id for each in scenarios if any(matches(draw, check) for draw in each.draws)]
    rows = [
        ("level", f"{check.level.upper()}: a departure is {DEPARTURE[check.level]}"),
        ("basis", f"{check.basis}: {BASES[check.basis]}"),
        ("source", check.cite),
        ("breaks", "; ".join(check.breaks)),
        ("fix", check.remedy),
        ("seen at", ", ".join(check.evidence)),
        ("needs", "every other MUST" if EVERY_MUST in check.requires else ", ".join(sorted(check.requires))),
        ("drawn by", ", ".join(drawn) or "requests at random"),
    ]
    return _told(check.id, check.requirement, rows)


def explained_rule(rule: Rule) -> str:
    """Return everything that is known of a rule by which answers are compared."""
    rows = [("severity", rule.severity), ("reason", rule.reason), ("breaks", rule.breaks), ("fix", rule.remedy)]
    return _told(rule.id, rule.requirement, rows)


def _told(id: str, requirement: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = [id, "", *textwrap.wrap(requirement, WIDTH), ""]
    for label, words in rows:
        if words:
            lines += textwrap.wrap(
                words, WIDTH, initial_indent=f"{label:<10}", subsequent_indent=" " * 10, break_on_hyphens=False
            )
    return "\n".join(lines)
