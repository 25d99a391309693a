"""Checks of requests at random, each beside an exchange that passes and one that does not."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange, Failure, FailureKind
from cozecheck.views.cases import AFTERWARDS, SCENARIO, title
from tests.checks.tables import BY_ID, Case, departs, holds, ignored, unsettled, unsupported
from tests.examples import HELLO, answer, chunk, error, exchange, stream, usage, usage_stream, with_usage

CHAT = "chat.completions.create"
SETTLED: dict[str, Any] = {"model": "m", "messages": [], "temperature": 0}


def drawn(
    answered: Any = None, *, status: int = 200, asked: Any = None, mutation: str = "", param: str = ""
) -> Exchange:
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi."}], "n": 1} if asked is None else asked
    return exchange(body, answered or {}, status=status, scenario=SCENARIO, name=title(CHAT, mutation, param))


def silent(found: Exchange) -> Exchange:
    return replace(found, response=None, failure=Failure(FailureKind.FIRST_BYTE, "no response within 2 s"))


def refused(status: int, message: str = "No.", *, mutation: str = "wrong-type", **told: Any) -> Exchange:
    """Build the refusal of a request in which n is broken."""
    return drawn(error(message, **told), status=status, mutation=mutation, param="n")


def afterwards(status: int, answered: Any) -> Exchange:
    return exchange(SETTLED, answered, status=status, scenario=AFTERWARDS, name=f"after {CHAT}")


def twins(body: Exchange, streamed: Exchange, **others: Exchange) -> Mapping[str, Exchange]:
    again = {"body again": others.get("body_again", body), "stream again": others.get("stream_again", streamed)}
    pair = {"body": body, "stream": streamed}
    return pair if "once" in others else {**pair, **again}


def asking(found: Exchange, **parameters: Any) -> Exchange:
    given = exchange({**SETTLED, **parameters}, {})
    return replace(found, request=given.request)


BODY, STREAM = asking(answer()), asking(usage_stream(), stream=True)
LONGER = asking(usage_stream(*with_usage(last=chunk(choices=[], usage=usage(prompt=11)))), stream=True)
CUT = asking(stream(*HELLO[:-1], chunk(finish="length")), stream=True)
BY_CHANCE = twins(*(asking(each, temperature=1) for each in (BODY, CUT)))
NO = asking(exchange({}, error("Streams of this are not made.", param="n"), status=400), stream=True)
NO_STREAM = asking(exchange({}, error("stream is not supported"), status=400), stream=True)
BUSY = drawn(error("Overloaded, try again later"), status=503)

CASES = (
    holds("properties.no-server-error", "answered", drawn()),
    holds("properties.no-server-error", "refused", refused(400)),
    departs("properties.no-server-error", "a legal one", drawn(error("Oh."), status=500), "status"),
    departs("properties.no-server-error", "a broken one", refused(500), "status"),
    unsettled("properties.no-server-error", "overloaded", BUSY),
    ignored("properties.no-server-error", "not drawn at random", exchange({}, {}, status=500)),
    holds("properties.no-hang", "answered", drawn()),
    departs("properties.no-hang", "silence", silent(drawn()), ""),
    holds("properties.legal-taken", "taken", drawn()),
    departs("properties.legal-taken", "refused, not told why", drawn(error("No."), status=400), "status"),
    unsupported("properties.legal-taken", "refused by name", drawn(error("no", param="messages"), status=400)),
    unsettled("properties.legal-taken", "of something that is not there", drawn(error("No such file"), status=404)),
    unsettled("properties.legal-taken", "no money", drawn(error("Pay."), status=402)),
    ignored("properties.legal-taken", "a broken one", refused(400)),
    holds("properties.illegal-refused", "refused", refused(400)),
    departs("properties.illegal-refused", "taken", drawn(mutation="wrong-type", param="n"), "n"),
    holds("properties.illegal-refused", "taken, where others take it", drawn(mutation="unknown-field", param="x")),
    holds("properties.refusal-tells", "by its param", refused(400, param="n")),
    holds("properties.refusal-tells", "by its words", refused(400, "the value of n is odd")),
    departs("properties.refusal-tells", "an odd status", refused(409, "n is odd"), "status"),
    ignored("properties.refusal-tells", "no envelope", drawn("no", status=400, mutation="empty-body")),
    departs("properties.refusal-tells", "another field", refused(400, param="logit_bias"), "/error/param"),
    unsettled("properties.refusal-tells", "no such model", refused(400, "no", code="model_not_found")),
    holds("properties.still-answers", "an answer", afterwards(200, {})),
    departs("properties.still-answers", "a refusal", afterwards(400, error("No.")), "status"),
    unsettled("properties.still-answers", "overloaded", afterwards(429, error("Slow down."))),
    holds("properties.twins-agree", "the same", twins(BODY, STREAM)),
    holds(
        "properties.twins-agree",
        "another end, by chance",
        twins(*(asking(each, temperature=1) for each in (BODY, CUT))),
    ),
    departs("properties.twins-agree", "another end", twins(BODY, CUT), "stream"),
    departs("properties.twins-agree", "another count of the prompt", twins(BODY, LONGER), "stream"),
    departs("properties.twins-agree", "a stream is refused", twins(BODY, NO), "stream"),
    unsupported("properties.twins-agree", "streams are refused by name", twins(BODY, NO_STREAM)),
    unsettled("properties.twins-agree", "not asked for again", twins(BODY, NO, once=BODY)),
    unsettled("properties.twins-agree", "it wavers", twins(BODY, NO, stream_again=STREAM)),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_says_what_is_true(case: Case) -> None:
    """By itself: where a MUST is broken, the properties leave the word to it."""
    check = BY_ID[case.id]
    bench = Bench([check])
    if isinstance(case.subject, Exchange):
        bench.judge(case.subject)
    else:
        bench.relate(check.scenario, case.subject)
    places = [each.problem.at for each in bench.departures]
    assert (bench.tallies[case.id].outcome(check)[0], places[0] if places else "") == (case.outcome, case.at)
