"""Bodies to events, events to what they told."""

import json
from typing import Any

import orjson
import pytest

from generator import chat, response
from generator.events import events
from generator.failure import Kind
from generator.limits import Limits
from generator.measures import Tally
from generator.reply import Reply
from generator.timing import coalesced, durations, is_good, record_gaps
from generator.told import Told


def chunk(delta: dict[str, Any] | None = None, **more: Any) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": None}]
    return orjson.dumps({"choices": choices, **more})


def test_events_have_the_time_of_their_last_byte() -> None:
    body = b"data: a\n\n: ping\n\ndata: b\n\n"
    assert events(body, [(1.0, 4), (2.0, 6), (3.0, len(body) - 10)]) == [(2.0, b"a"), (3.0, b"b")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_events_by_any_line_end(end: bytes) -> None:
    lines = [b"event: x", b"data: a", b"", b"data:b", b"data: c", b"", b"id: 7", b"", b"data: cut"]
    body = end.join(lines)
    assert [data for _, data in events(body, [(1.0, len(body))])] == [b"a", b"b\nc"]


def test_only_what_has_content_is_a_token() -> None:
    told = chat.read_stream(
        [
            (1.0, chunk({"role": "assistant", "content": ""})),
            (2.0, chunk({"reasoning_content": "hm"})),
            (3.0, chunk({"content": "a"})),
            (4.0, chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]})),
            (5.0, chunk({"refusal": "no"})),
            (6.0, chunk(usage={"prompt_tokens": 5, "completion_tokens": 8})),
            (7.0, b"[DONE]"),
        ]
    )
    assert told.failure is None
    assert (told.token_at, told.output_at) == ([2.0, 3.0, 4.0, 5.0], 3.0)
    assert (told.tokens_in, told.output_tokens, told.text) == (5, 8, "hma{}no")


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([], Kind.MALFORMED),
        ([(1.0, chunk({"content": "a"}))], Kind.CUT),
        ([(1.0, b"{"), (2.0, b"[DONE]")], Kind.MALFORMED),
        ([(1.0, b"[1]"), (2.0, b"[DONE]")], Kind.MALFORMED),
        ([(1.0, b'{"error": {"message": "x"}}'), (2.0, b"[DONE]")], Kind.ERROR_EVENT),
    ],
)
def test_streams_of_chunks_that_fail(events: list[tuple[float, bytes]], kind: Kind) -> None:
    told = chat.read_stream(events)
    assert told.failure is not None
    assert told.failure.kind == kind


def test_a_stream_of_a_response() -> None:
    usage = {"input_tokens": 3, "output_tokens": 4}
    said: list[dict[str, Any]] = [
        {"type": "response.created"},
        {"type": "response.reasoning_text.delta", "delta": "hm"},
        {"type": "response.output_text.delta", "delta": "a"},
        {"type": "response.completed", "response": {"usage": usage}},
    ]
    told = response.read_stream([(float(at), orjson.dumps(event)) for at, event in enumerate(said)])
    assert (told.failure, told.token_at, told.output_at, told.text) == (None, [1.0, 2.0], 2.0, "hma")
    assert (told.tokens_in, told.tokens_out) == (3, 4)
    cut = response.read_stream([(0.0, orjson.dumps(said[2]))])
    assert cut.failure is not None
    assert cut.failure.kind == Kind.CUT


def reply(sent: float, first: float, last: float) -> Reply:
    made = Reply(Limits(), sent)
    made.first_byte_at, made.last_at = first, last
    return made


def test_metrics_of_one_stream() -> None:
    told = Told(token_at=[10.2, 10.3, 10.4], output_at=10.3, tokens_out=3)
    found = durations(reply(10.0, 10.1, 10.5), told, 9.5)
    expected = {"first_byte": 0.1, "ttft": 0.2, "ttfo": 0.3, "tpot": 0.15, "e2e": 0.5, "e2e_intended": 1.0}
    assert found == pytest.approx({**expected, "send_lag": 0.5})
    assert is_good(found, {"ttft": 0.21, "e2e": 0.51})
    assert not is_good(found, {"ttft": 0.19})


def test_gaps_by_event_and_by_token() -> None:
    """Four tokens an event, every 40 ms: 10 ms a token."""
    tally = Tally()
    record_gaps(tally, Told(token_at=[0.0, 0.04, 0.08], tokens_out=12))
    assert tally.duration("icl").percentile(50) == pytest.approx(0.04, rel=0.002)
    assert tally.duration("itl").percentile(50) == pytest.approx(0.01, rel=0.002)
    assert (tally.duration("icl").count, tally.duration("itl").count) == (2, 8)


def test_tokens_that_came_together_are_counted() -> None:
    assert coalesced([(1.0, 9), (2.0, 9)], Told(token_at=[1.0, 1.0, 2.0])) == 1
    assert coalesced([(1.0, 9), (2.0, 9)], Told(token_at=[1.0, 2.0])) == 0


def test_whole_answers() -> None:
    body = json.loads('{"choices": [{"message": {"content": "a"}}], "usage": {"completion_tokens": 2}}')
    told = chat.read_whole(body)
    assert (told.text, told.output_tokens) == ("a", 2)
    output = [{"content": [{"text": "a"}]}, {"arguments": "{}"}]
    assert response.read_whole({"output": output}).text == "a{}"
