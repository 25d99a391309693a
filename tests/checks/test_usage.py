"""Checks of counted tokens: exchanges and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled
from tests.examples import (
    HELLO,
    answer,
    asking,
    chat_body,
    chunk,
    drop,
    error,
    put,
    refusal,
    stream,
    usage,
    usage_stream,
    with_usage,
)

LAST = with_usage()[-1]
SHORT, LONG = asking("Say hello."), asking("word " * 200)


def costing(prompt: Any = 10, completion: Any = 3, **more: Any) -> Exchange:
    return answer(
        chat_body(usage={"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": 13, **more})
    )


def lengths(short: int, long: int) -> dict[str, Exchange]:
    bodies = [(SHORT, short), (LONG, long)]
    return dict(
        zip(("short", "long"), (answer(chat_body(usage=usage(n)), asked=asked) for asked, n in bodies), strict=True)
    )


def parity(streamed: int) -> dict[str, Exchange]:
    return {"body": answer(), "stream": usage_stream(*HELLO, chunk(choices=[], usage=usage(streamed)))}


CASES = (
    holds("usage.present", "there", answer()),
    departs("usage.present", "absent", answer(drop(chat_body(), "/usage")), "/usage"),
    departs("usage.present", "null", answer(chat_body(usage=None)), "/usage"),
    holds("usage.counts", "numbers", answer()),
    holds("usage.counts", "0 of the answer", costing(13, 0)),
    departs("usage.counts", "a string", costing("10"), "/usage/prompt_tokens"),
    departs("usage.counts", "a float", costing(10.5), "/usage/prompt_tokens"),
    departs("usage.counts", "negative", costing(10, -1), "/usage/completion_tokens"),
    departs("usage.counts", "empty", answer(chat_body(usage={})), "/usage/prompt_tokens"),
    departs(
        "usage.counts",
        "null, in a stream",
        usage_stream(*HELLO, put(LAST, "/usage/total_tokens", None)),
        "event 5, /usage/total_tokens",
    ),
    ignored("usage.counts", "no usage", stream()),
    holds("usage.arithmetic", "the sum", answer()),
    departs("usage.arithmetic", "another", costing(total_tokens=14), "/usage/total_tokens"),
    departs(
        "usage.arithmetic",
        "another, in a stream",
        usage_stream(*HELLO, put(LAST, "/usage/total_tokens", 1)),
        "event 5, /usage/total_tokens",
    ),
    holds("usage.positive", "positive", answer()),
    holds(
        "usage.positive",
        "no text, no tokens",
        answer(chat_body(put(chat_body()["choices"][0], "/message/content", ""), usage=usage(10, 0))),
    ),
    holds(
        "usage.positive", "no prompt, no tokens", answer(chat_body(usage=usage(0)), asked={**asking(), "messages": []})
    ),
    departs("usage.positive", "a prompt for nothing", costing(0, 13), "/usage/prompt_tokens"),
    departs("usage.positive", "a text for nothing", costing(13, 0), "/usage/completion_tokens"),
    holds("usage.details", "within", costing(prompt_tokens_details={"cached_tokens": 10})),
    holds("usage.details", "null", costing(prompt_tokens_details=None)),
    departs(
        "usage.details",
        "more cached than sent",
        costing(prompt_tokens_details={"cached_tokens": 11}),
        "/usage/prompt_tokens_details/cached_tokens",
    ),
    departs(
        "usage.details",
        "more thought than said",
        costing(completion_tokens_details={"reasoning_tokens": 9}),
        "/usage/completion_tokens_details/reasoning_tokens",
    ),
    holds("usage.plausible", "many more", lengths(10, 208)),
    holds("usage.plausible", "many more, after a long prompt of the server's own", lengths(1_010, 1_208)),
    departs("usage.plausible", "the same", lengths(100, 100), "/usage/prompt_tokens"),
    departs("usage.plausible", "a little more", lengths(100, 120), "/usage/prompt_tokens"),
    unsettled("usage.plausible", "refused", {"short": answer(), "long": refusal()}),
    holds("usage.stream-parity", "the same", parity(10)),
    departs("usage.stream-parity", "another", parity(11), "/usage/prompt_tokens"),
    unsettled("usage.stream-parity", "no usage", {"body": answer(), "stream": stream()}),
    holds("usage.stream-included", "there", usage_stream()),
    departs("usage.stream-included", "absent", usage_stream(*HELLO), "stream"),
    ignored("usage.stream-included", "not asked for", stream()),
    ignored("usage.stream-included", "a stream that failed", usage_stream(HELLO[0], error(), done=False)),
    holds("usage.stream-unrequested", "absent", stream()),
    holds("usage.stream-unrequested", "null", stream(*({**each, "usage": None} for each in HELLO))),
    departs("usage.stream-unrequested", "in a chunk of its own", stream(*HELLO, LAST), "event 5, /usage"),
    departs(
        "usage.stream-unrequested",
        "in the finish chunk",
        stream(*HELLO[:-1], {**HELLO[-1], "usage": usage()}),
        "event 4, /usage",
    ),
    holds("usage.stream-choices-key", "an empty list", usage_stream()),
    departs("usage.stream-choices-key", "absent", usage_stream(*HELLO, drop(LAST, "/choices")), "event 5, /choices"),
    departs("usage.stream-choices-key", "null", usage_stream(*HELLO, put(LAST, "/choices", None)), "event 5, /choices"),
    holds("usage.stream-empty-choices", "empty", usage_stream()),
    departs(
        "usage.stream-empty-choices",
        "the finish chunk",
        usage_stream(*HELLO[:-1], {**HELLO[-1], "usage": usage()}),
        "event 4, /choices",
    ),
    holds("usage.stream-once", "once", usage_stream()),
    departs(
        "usage.stream-once", "in every chunk", usage_stream(*({**each, "usage": usage()} for each in HELLO)), "event 1"
    ),
    holds("usage.stream-null-elsewhere", "null", usage_stream()),
    holds(
        "usage.stream-null-elsewhere",
        "a chunk of moderation after it",
        usage_stream(*with_usage(), chunk(choices=[], usage=None)),
    ),
    departs("usage.stream-null-elsewhere", "absent", usage_stream(*HELLO, LAST), "event 1"),
    holds("usage.stream-last", "after the finish", usage_stream()),
    departs("usage.stream-last", "before the finish", usage_stream(*HELLO[:-1], LAST, HELLO[-1]), "event 4"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_usage(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
