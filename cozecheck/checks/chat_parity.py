"""Checks: a chat stream beside a body of the same request."""

from collections.abc import Iterator, Mapping

from cozecheck.checks import rules
from cozecheck.checks.registry import relation
from cozecheck.contract import sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views import answers
from cozecheck.views.support import lacking
from cozecheck.views.turns import Turn, turns

SCENARIO = "chat.stream.parity"


def spoken(exchange: Exchange | None) -> Turn | None:
    """Return the one turn of an answer in words."""
    answer = turns(exchange) if exchange else None
    return answer.turns[0] if answer and len(answer.turns) == 1 and answer.turns[0].text else None


def settled(run: Mapping[str, Exchange], first: str, second: str) -> Turn | None:
    """Return the turn that came twice, in the same words: a model that wavers is not held against a stream."""
    one, other = spoken(run.get(first)), spoken(run.get(second))
    return one if one and other and (one.text, one.finish) == (other.text, other.finish) else None


def pair(run: Mapping[str, Exchange]) -> tuple[Turn, Turn] | Verdict:
    """Return the turn of both bodies and that of both streams, or say why they can't be compared."""
    body, stream = settled(run, "body", "again"), settled(run, "stream", "counted")
    if body and stream:
        return body, stream
    return lacking(run.get("body"), "temperature 0") or Inconclusive("no two bodies that agree, and two streams")


@relation(
    "chat.stream.text-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario=SCENARIO,
    cite=sources.STREAMING,
    breaks=("applications, once streaming is turned on: words are lost, doubled, or run together",),
    remedy="Send every piece of the text once, in order, its blanks too.",
    evidence=("aprender#2019", "aisix#111"),
)
def text_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream says what a body says, at temperature 0."""
    compared = pair(run)
    if not isinstance(compared, tuple):
        yield compared
        return
    body, stream = compared
    if rules.BROKEN.search(body.text + stream.text):
        yield Inconclusive("broken characters, of which another check speaks")
    elif body.text != stream.text:
        yield Problem(body.text[:160], stream.text[:160], at="stream")


@relation(
    "chat.stream.finish-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario=SCENARIO,
    cite=sources.WIRE + ": tool names and finish_reason agree between any two runs",
    breaks=("applications, once streaming is turned on: whole answers pass for cut ones, or the reverse",),
    remedy="Find the finish_reason in one place, for bodies and streams alike.",
)
def finish_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream that says what a body says ends for the same reason."""
    compared = pair(run)
    if not isinstance(compared, tuple):
        yield compared
        return
    body, stream = compared
    if body.text != stream.text or not rules.FINISH_REASONS.issuperset((body.finish, stream.finish)):
        yield Inconclusive("other texts, or reasons that there are not")
    elif body.finish != stream.finish:
        yield Problem(f"{body.finish}, as in the body", stream.finish, at="stream")


@relation(
    "usage.stream-text-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario=SCENARIO,
    cite=sources.USAGE + "/properties/completion_tokens",
    breaks=("bills, budgets and rate limits that count tokens: a stream has another price",),
    remedy="Count tokens, not chunks, and in one place for bodies and streams.",
    evidence=("vllm-project/vllm#9357",),
)
def usage_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream that says what a body says counts as many tokens for it."""
    compared = pair(run)
    if not isinstance(compared, tuple):
        yield compared
        return
    told = [answers.usage(run[name]).get("completion_tokens", ABSENT) for name in ("body", "again", "counted")]
    sure = told[0] == told[1] and told[0] and all(isinstance(each, int) for each in told)
    if compared[0].text != compared[1].text or not sure:
        yield Inconclusive("no counts of the same text")
    elif told[2] != told[0]:
        yield Problem(f"{told[0]}, as in the body", told[2], at="counted")
