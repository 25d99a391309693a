"""Whatever two exchanges hold: an exchange does not differ from itself, and nothing raises."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cozecheck.diff import compare
from cozecheck.exchange import Exchange
from tests.diff.answers import KINDS, Chance
from tests.diff.faults import rewritten
from tests.examples import chat_stream, exchange
from tests.response_examples import written
from tests.spoiling import places, spoil

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
BODY = ("id", "object", "choices", "message", "delta", "index", "tool_calls", "function", "arguments", "name", "usage")
OTHER = ("data", "embedding", "output", "type", "content", "text", "error", "code", "response", "item", "__x", "a/b~")
KEYS = st.sampled_from((*BODY, *OTHER, "output_index"))
VALUES = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(KEYS, part, max_size=5), max_leaves=16
)
PATHS = st.sampled_from(
    ("/chat/completions", "/completions", "/responses", "/embeddings", "/models", "/x", "/audio/speech")
)
STATUSES = st.sampled_from((200, 200, 200, 400, 404, 429, 500))
ODD: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, "", "x", "\ud800", [], [None], {}, {"id": []}, [[{}]])
BODIES = (
    VALUES.map(json.dumps)
    | st.lists(VALUES, max_size=4).map(lambda events: chat_stream(*events).decode())
    | st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=4).map(written)
    | st.text(max_size=20)
    | st.binary(max_size=20)
)


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    return exchange(draw(VALUES), draw(BODIES), path=draw(PATHS), status=draw(STATUSES))


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[Exchange, Exchange]:
    """A good answer, and another one that is spoilt in one place."""
    make = draw(st.sampled_from(KINDS))
    one, other = make(Chance(1)), make(Chance(2))
    assert other.response is not None
    body = other.response.body.decode()
    lines = [line.removeprefix("data: ") for line in body.splitlines()]
    held = [at for at, line in enumerate(lines) if line.startswith("{")]
    at = draw(st.sampled_from(held))
    value = json.loads(lines[at])
    worse = spoil(value, draw(st.sampled_from(places(value))), draw(st.sampled_from(ODD)), drop=draw(st.booleans()))
    changed = json.dumps(worse)
    return one, rewritten(other, body.replace(lines[at], changed).encode())


@given(exchanges())
def test_an_exchange_does_not_differ_from_itself(it: Exchange) -> None:
    assert compare(it, it) == ()


@given(exchanges(), exchanges())
def test_any_two_exchanges_can_be_compared(one: Exchange, other: Exchange) -> None:
    compare(one, other)


@given(spoilt())
def test_an_answer_spoilt_in_one_place_can_be_compared(pair: tuple[Exchange, Exchange]) -> None:
    good, worse = pair

    compare(good, worse)
    compare(worse, good)
