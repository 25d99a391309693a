"""Chunks of a chat completion as Anthropic's events, in order, however they come."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server.engines.upstream_errors import UpstreamBroken
from reference_server.errors import Refusal
from reference_server.translators.anthropic.reply import Reply
from tests.probe import hostile
from tests.reference_server.asking import Json, app
from tests.reference_server.messages import MESSAGES, VERSION, anything, asking, events, places, put_together, send
from tests.reference_server.upstreams import CHUNK, DONE, STREAM_HEAD, event, through

Piece = tuple[str, Any]
"""Words of a kind, or a call's place and more of its arguments."""


def chunk(delta: Json, finish: str | None = None, **rest: Any) -> Json:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m", "choices": choices, **rest}


def opening(place: int, arguments: str = "") -> Json:
    return {"index": place, "id": f"call_{place}", "function": {"name": f"tool_{place}", "arguments": arguments}}


def said(chunks: Iterable[Json], stops: Sequence[str] = (), *, shows_thoughts: bool = True) -> list[Json]:
    reply = Reply(frozenset(stops), "req_1", shows_thoughts=shows_thoughts)
    written = b"".join(reply.event(json.dumps(each).encode()) for each in chunks)
    return events((written + reply.event(b"[DONE]")).decode())


def kinds(found: Iterable[Json]) -> list[str]:
    return [each["type"] for each in found]


def test_events_come_in_their_order() -> None:
    response = send(app(), asking(stream=True))
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["request-id"]
    found = events(response.text)
    assert kinds(found) == [
        "message_start",
        "ping",
        "content_block_start",
        *["content_block_delta"] * 3,
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert put_together(found) == [{"type": "text", "text": "one two three"}]
    assert found[0]["message"]["content"] == []
    assert found[0]["message"]["stop_reason"] is None
    assert found[-2]["delta"] == {"stop_reason": "end_turn", "stop_sequence": None}
    assert found[-2]["usage"]["output_tokens"] == 3


def test_thoughts_words_and_calls_are_blocks_of_their_own() -> None:
    found = said(
        [
            chunk({"role": "assistant", "reasoning_content": "Hm, "}),
            chunk({"reasoning": "well."}),
            chunk({"content": "I look."}),
            chunk({"tool_calls": [opening(0)]}),
            chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"a":'}}]}),
            chunk({"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]}),
            chunk({"tool_calls": [opening(1, "{}")]}),
            chunk({}, "tool_calls"),
        ]
    )
    assert put_together(found) == [
        {"type": "thinking", "thinking": "Hm, well.", "signature": ""},
        {"type": "text", "text": "I look."},
        {"type": "tool_use", "id": "call_0", "name": "tool_0", "input": {"a": 1}},
        {"type": "tool_use", "id": "call_1", "name": "tool_1", "input": {}},
    ]
    assert found[-2]["delta"]["stop_reason"] == "tool_use"


def test_the_first_call_comes_as_it_is_made() -> None:
    reply = Reply(frozenset(), "req_1", shows_thoughts=False)
    reply.event(json.dumps(chunk({"tool_calls": [opening(0)]})).encode())
    written = reply.event(json.dumps(chunk({"tool_calls": [{"function": {"arguments": '{"a"'}}]})).encode())
    assert kinds(events(written.decode())) == ["content_block_start", "content_block_delta"]


def test_thoughts_are_not_shown_to_who_did_not_ask() -> None:
    found = said([chunk({"reasoning": "Hm."}), chunk({"content": "Yes."}, "stop")], shows_thoughts=False)
    assert put_together(found) == [{"type": "text", "text": "Yes."}]


@pytest.mark.parametrize(
    ("finish", "told"),
    [
        ("stop", "end_turn"),
        ("length", "max_tokens"),
        ("content_filter", "refusal"),
        (None, "end_turn"),
        ("new", "end_turn"),
    ],
)
def test_the_reason_of_the_end_is_told(finish: str | None, told: str) -> None:
    assert said([chunk({"content": "Yes."}, finish)])[-2]["delta"]["stop_reason"] == told


def test_a_refusal_is_told_in_words_and_as_the_reason() -> None:
    found = said([chunk({"refusal": "I can't."}), chunk({}, "stop")])
    assert put_together(found) == [{"type": "text", "text": "I can't."}]
    assert found[-2]["delta"]["stop_reason"] == "refusal"


@pytest.mark.parametrize(("stopped", "told"), [("END", ("stop_sequence", "END")), (128001, ("end_turn", None))])
def test_a_stop_sequence_is_told_where_the_engine_tells_it(stopped: Any, told: tuple[str, str | None]) -> None:
    last = chunk({}, "stop")
    last["choices"][0]["stop_reason"] = stopped
    delta = said([chunk({"content": "Yes."}), last], ["END"])[-2]["delta"]
    assert (delta["stop_reason"], delta["stop_sequence"]) == told


def test_what_came_out_of_a_cache_is_counted_apart() -> None:
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 7},
    }
    assert said([chunk({"content": "Yes."}, "stop"), {"choices": [], "usage": usage}])[-2]["usage"] == {
        "input_tokens": 36,
        "output_tokens": 20,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 64,
        "output_tokens_details": {"thinking_tokens": 7},
    }


texts = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=12)
words = st.tuples(st.sampled_from(["content", "reasoning"]), texts)
inputs = st.lists(st.dictionaries(texts, texts | st.integers(), max_size=3), max_size=3)


@st.composite
def answers(draw: st.DrawFn) -> tuple[list[Piece], list[Piece]]:
    """The same answer twice, as pieces: whole, and cut and mixed anyhow."""
    spoken = draw(st.lists(words, max_size=4))
    calls = [json.dumps(each) for each in draw(inputs)]
    rest = [[(f"{place}", part) for part in cut(draw, written)] for place, written in enumerate(calls)]
    mixed: list[Piece] = [(kind, part) for kind, text in spoken for part in cut(draw, text)]
    while any(rest):
        chosen = draw(st.sampled_from([each for each in rest if each]))
        mixed.append(chosen.pop(0))
    return [*spoken, *((f"{place}", written) for place, written in enumerate(calls))], mixed


def cut(draw: st.DrawFn, text: str) -> list[str]:
    places = sorted(draw(st.sets(st.integers(1, max(len(text) - 1, 1)), max_size=4)))
    ends = [0, *[place for place in places if place < len(text)], len(text)]
    return [text[begin:end] for begin, end in pairwise(ends)]


def as_chunks(pieces: Iterable[Piece]) -> list[Json]:
    seen: set[str] = set()
    made = []
    for kind, piece in pieces:
        if kind.isdigit():
            more: Json = {"index": int(kind), "function": {"arguments": piece}}
            made.append({"tool_calls": [more if kind in seen else opening(int(kind), piece)]})
            seen.add(kind)
        else:
            made.append({kind: piece})
    return [chunk(delta) for delta in made] + [chunk({}, "tool_calls" if seen else "stop")]


@given(answers())
@settings(deadline=None)
def test_any_chunking_gives_the_same_blocks(answer: tuple[list[Piece], list[Piece]]) -> None:
    whole, mixed = answer
    assert put_together(said(as_chunks(mixed))) == put_together(said(as_chunks(whole)))


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_whatever_an_engine_says_ends_in_events_or_a_refusal(data: st.DataObject) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1}
    whole = [
        chunk({"reasoning": "x"}),
        chunk({"tool_calls": [opening(0, "{}")]}, "stop"),
        {"choices": [], "usage": usage},
    ]
    holder, key = data.draw(st.sampled_from(list(places(whole))))
    holder[key] = data.draw(anything)
    with suppress(Refusal):
        put_together(said(whole))


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_any_reading_of_the_bytes_gives_the_same_events(data: st.DataObject) -> None:
    body = event(chunk({"content": "Grüße"})) + event(chunk({}, "stop")) + DONE
    places = sorted(data.draw(st.sets(st.integers(1, len(body) - 1), max_size=4)))
    ends = [0, *places, len(body)]
    pieces = [body[begin:end] for begin, end in pairwise(ends)]
    response = through(hostile.saying(STREAM_HEAD, *pieces), asking(stream=True), MESSAGES, VERSION)
    assert put_together(events(response.text)) == [{"type": "text", "text": "Grüße"}]


@pytest.mark.parametrize(
    "broken",
    [b"data: {}}\n\n", b'data: {"choices": 1}\n\n', b'data: {"choices": [{"delta": {"content": 7}}]}\n\n', b""],
)
def test_a_stream_that_breaks_ends_with_an_error(broken: bytes) -> None:
    response = through(hostile.saying(STREAM_HEAD + event(CHUNK) + broken), asking(stream=True), MESSAGES, VERSION)
    found = events(response.text)
    assert kinds(found)[:2] == ["message_start", "ping"]
    assert found[-1]["error"]["type"] == "api_error"
    assert "message_stop" not in kinds(found)


@pytest.mark.parametrize(
    ("code", "told"), [("timeout", "timeout_error"), ("engine_overloaded", "overloaded_error"), (7, "api_error")]
)
def test_an_error_in_the_midst_is_an_event(code: Any, told: str) -> None:
    reply = Reply(frozenset(), "req_1", shows_thoughts=False)
    written = reply.event(json.dumps({"error": {"message": "No.", "code": code}}).encode())
    (found,) = events(written.decode())
    assert found == {"type": "error", "error": {"type": told, "message": "No."}, "request_id": "req_1"}


@pytest.mark.parametrize("first", [DONE, b"data: {}}\n\n", b'data: {"choices": 1}\n\n'])
def test_what_breaks_before_the_first_event_is_an_ordinary_error(first: bytes) -> None:
    response = through(hostile.saying(STREAM_HEAD + first), asking(stream=True), MESSAGES, VERSION)
    assert (response.status_code, response.json()["error"]["type"]) == (502, "api_error")


@pytest.mark.parametrize("written", ["[1]", "{]", '"x"'])
def test_arguments_that_are_no_object_are_refused(written: str) -> None:
    with pytest.raises(UpstreamBroken):
        said([chunk({"tool_calls": [opening(0, written)]}), chunk({}, "tool_calls")])
