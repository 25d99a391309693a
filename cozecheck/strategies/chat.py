"""Requests for chat completions."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.contract.parameters import RANGES, Range
from cozecheck.scenarios.sending import Subject, user
from cozecheck.strategies.bodies import Json, Shape, body, group
from cozecheck.strategies.breaking import (
    DEEP,
    NO_CHOICE,
    NOT_FLAG,
    NOT_LIST,
    NOT_NUMBER,
    NOT_TEXT,
    NULL,
    REMOVED,
    Break,
)
from cozecheck.strategies.case import Known
from cozecheck.strategies.values import decimals, flags, short_texts, texts

TOKENS = st.integers(1, 16)
HELLO = user("Hi.")


def chat(subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body."""
    required: dict[str, SearchStrategy[Any]] = {
        "model": st.just(subject.model),
        "messages": st.lists(texts.map(user), min_size=1, max_size=3),
        subject.cap: TOKENS,
    }
    return body(required, OPTIONAL)


OPTIONAL: dict[str, SearchStrategy[Json]] = {
    "temperature": group(temperature=decimals(0, 2)),
    "top_p": group(top_p=decimals(0, 1)),
    "n": group(n=st.integers(1, 3)),
    "stop": group(stop=short_texts | st.lists(short_texts, min_size=1, max_size=4)),
    "stream": group(stream=flags) | group(stream=True, stream_options=group(include_usage=flags)),
}


def beyond(each: Range) -> SearchStrategy[Any]:
    """Draw numbers just beyond a range, and far beyond it."""
    step = 1 if each.whole else 0.01
    below = (each.low - step, -1000)
    return st.sampled_from(below if each.param.startswith("max_") else (*below, each.high + step, 1000, 10**12))


BREAKS = (
    Break("missing-key", "messages", st.just(REMOVED)),
    Break("missing-key", "model", st.just(REMOVED)),
    Break("missing-key", "messages", st.just(REMOVED), ("role",), HELLO, joins=True),
    Break("missing-key", "messages", st.just(REMOVED), ("content",), HELLO, joins=True),
    Break("null-value", "messages", NULL),
    Break("wrong-type", "messages", NOT_LIST),
    Break("wrong-type", "stream", NOT_FLAG),
    *(Break("wrong-type", each.param, NOT_NUMBER) for each in RANGES),
    *(Break("out-of-range", each.param, beyond(each)) for each in RANGES if each.param != "top_logprobs"),
    Break("wrong-enumeration", "messages", NO_CHOICE, ("role",), HELLO, joins=True),
    Break("wrong-type", "model", NOT_TEXT),
    Break("empty-messages", "messages", st.just([])),
    Break("unknown-field", "not_a_parameter", texts),
    Break("deep-nesting", "messages", DEEP),
)
CHAT = Shape("chat.completions.create", "/chat/completions", chat, BREAKS)
