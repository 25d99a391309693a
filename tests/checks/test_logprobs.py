"""Logprobs: each check on what it holds of, and on what it does not."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled, unsupported
from tests.checks.turns import refused
from tests.examples import answer, asking, chat_body, choice, chunk, put, stream

Json = dict[str, Any]
FIRST = "/choices/0/message, token 0"
ASKED = asking(logprobs=True, top_logprobs=2)
BARE = asking(logprobs=True)


def other(text: str, logprob: Any, **more: Any) -> Json:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode()), **more}


def token(text: str, logprob: Any = -0.2, *others: Any, **more: Any) -> Json:
    return {**other(text, logprob), "top_logprobs": list(others), **more}


def ranked(text: str) -> Json:
    return token(text, -0.2, other(text, -0.2), other("a", -2.5))


HELLO = (ranked("Hello"), ranked(" there."))


def scored(*tokens: Any, asked: Any = ASKED, text: str = "Hello there.") -> Exchange:
    said = {**choice(text), "logprobs": {"content": list(tokens or HELLO), "refusal": None}}
    return answer(chat_body(said), asked=asked)


def streamed(*, scores: bool = True) -> Exchange:
    def piece(text: str) -> Json:
        spoken = chunk({"content": text})
        return put(spoken, "/choices/0/logprobs", {"content": [ranked(text)]}) if scores else spoken

    opening = chunk({"role": "assistant", "content": ""})
    return stream(opening, piece("Hello"), piece(" there."), chunk(finish="stop"), asked={**ASKED, "stream": True})


CASES = (
    holds("logprobs.accepted", "answered", scored()),
    departs("logprobs.accepted", "500", refused(ASKED, status=500), "status"),
    unsupported("logprobs.accepted", "by name", refused(ASKED, param="logprobs")),
    holds("logprobs.present", "tokens", scored()),
    holds("logprobs.present", "tokens in a stream", streamed()),
    departs("logprobs.present", "none", answer(asked=ASKED), "/choices/0/message"),
    departs("logprobs.present", "none in a stream", streamed(scores=False), "choice 0, event 2"),
    holds("logprobs.shape", "OpenAI's", scored()),
    departs("logprobs.shape", "a string", scored(token("Hello", "-1")), "/choices/0/logprobs/content/0/logprob"),
    holds("logprobs.nonpositive", "negative", scored()),
    holds("logprobs.nonpositive", "a rounding above 0, as OpenAI's", scored(token("Hello there.", 3e-05))),
    departs("logprobs.nonpositive", "positive", scored(token("Hello there.", 0.3)), f"{FIRST}, logprob"),
    holds("logprobs.bytes", "its own", scored()),
    departs("logprobs.bytes", "null", scored(token("Hello there.", bytes=None)), f"{FIRST}, bytes"),
    holds("logprobs.tokens-join", "to the text", scored()),
    departs("logprobs.tokens-join", "one is missing", scored(ranked("Hello")), "/choices/0/message"),
    holds("logprobs.top-count", "two of two", scored()),
    departs("logprobs.top-count", "none of two", scored(token("Hello"), token(" there.")), f"{FIRST}, top_logprobs"),
    departs("logprobs.top-count", "two, unasked", scored(asked=BARE), f"{FIRST}, top_logprobs"),
    holds("logprobs.top-sorted", "sorted", scored()),
    departs(
        "logprobs.top-sorted",
        "the last first",
        scored(token("Hello", -0.2, other("a", -2.5), other("Hello", -0.2))),
        f"{FIRST}, top_logprobs",
    ),
    holds("logprobs.mass", "less than 1", scored()),
    departs(
        "logprobs.mass",
        "twice as much",
        scored(token("Hello", -0.1, other("Hello", -0.1), other("a", -0.1))),
        f"{FIRST}, top_logprobs",
    ),
    holds("logprobs.top-agrees", "agrees", scored()),
    departs("logprobs.top-agrees", "differs", scored(token("Hello", -1.2, other("Hello", -0.2))), f"{FIRST}, logprob"),
    holds("logprobs.unrequested", "none", answer()),
    departs("logprobs.unrequested", "some", scored(asked=asking()), "/choices/0/message, logprobs"),
    holds("logprobs.top-alone", "refused", refused(asking(top_logprobs=2))),
    departs("logprobs.top-alone", "answered", answer(asked=asking(top_logprobs=2)), "status"),
    holds("logprobs.stream-parity", "both", {"body": scored(), "stream": streamed()}),
    departs("logprobs.stream-parity", "gone", {"body": scored(), "stream": streamed(scores=False)}, "stream"),
    unsettled("logprobs.stream-parity", "in neither", {"body": answer(), "stream": streamed(scores=False)}),
    ignored("logprobs.mass", "no logprobs", answer()),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_on_what_it_holds_of_and_what_not(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
