"""Flaws of responses as streams of events."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from reference_server.flaws.events import Event
from reference_server.flaws.kinds import stream
from reference_server.flaws.messages import Json
from reference_server.flaws.response_kinds import cool, creates, events, read

ENDS = ("response.completed", "response.incomplete")
Before = Sequence[Json]


def _ends(event: Json) -> bool:
    return event["type"] in ENDS


@events("responses.stream.terminal")
def response_stream_no_end(event: Json, _: Before) -> Iterator[Json]:
    """A stream of a response ends without response.completed."""
    if not _ends(event):
        yield event


@events("responses.stream.terminal")
def response_stream_two_ends(event: Json, _: Before) -> Iterator[Json]:
    """The last event of a response comes twice."""
    yield event
    if _ends(event):
        yield dict(event)


@events("responses.stream.error-visible", when=cool)
def response_stream_silent_error(event: Json, _: Before) -> Iterator[Json]:
    """A stream of a response ends in an error without a message."""
    if not _ends(event):
        yield event
        return
    yield {"type": "error", "code": "server_error", "message": "", "param": None}
    error = {"code": "server_error", "message": "The engine failed."}
    failed = {**event["response"], "status": "failed", "error": error, "incomplete_details": None}
    yield {"type": "response.failed", "response": failed}


@events("responses.stream.event-type")
def response_stream_untyped_event(event: Json, _: Before) -> Iterator[Json]:
    """One more event, the second, has no type."""
    yield event
    if event["type"] == "response.created":
        yield {"note": "ready"}


@stream("responses.stream.event-name", when=creates)
def response_stream_unnamed(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The events of a response have no event lines."""
    yield event.partition(b"\n")[2] if isinstance(event, bytes) and read(event) else event


@stream("responses.stream.no-done", when=creates)
def response_stream_done(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A stream of a response ends with [DONE]."""
    yield event
    value = read(event)
    if value and _ends(value):
        yield b"data: [DONE]\n\n"


@events("responses.stream.known-type")
def response_stream_vendor_event(event: Json, _: Before) -> Iterator[Json]:
    """One more event, the second, is of a type of its own."""
    yield event
    if event["type"] == "response.created":
        yield {"type": "response.vendor_note"}


@events("responses.stream.sequence-present", numbered=False)
def response_stream_no_sequence(event: Json, _: Before) -> Iterator[Json]:
    """The events of a response have no sequence_number."""
    del event["sequence_number"]
    yield event


@events("responses.stream.sequence", numbered=False)
def response_stream_sequence_from_one(event: Json, _: Before) -> Iterator[Json]:
    """The sequence_number of a response's events counts from 1."""
    event["sequence_number"] += 1
    yield event


@events("responses.stream.grammar")
def response_stream_no_part_added(event: Json, _: Before) -> Iterator[Json]:
    """The parts of a message are not opened."""
    if event["type"] != "response.content_part.added":
        yield event


@events("responses.stream.grammar")
def response_stream_no_text_done(event: Json, _: Before) -> Iterator[Json]:
    """The text of a message is not said whole."""
    if event["type"] != "response.output_text.done":
        yield event


@events("responses.stream.grammar")
def response_stream_no_item_done(event: Json, _: Before) -> Iterator[Json]:
    """The output items are not closed."""
    if event["type"] != "response.output_item.done":
        yield event


@events("responses.stream.grammar")
def response_stream_no_created(event: Json, _: Before) -> Iterator[Json]:
    """A stream of a response begins with response.in_progress."""
    if event["type"] != "response.created":
        yield event


@events("responses.stream.output-index")
def response_stream_no_output_index(event: Json, _: Before) -> Iterator[Json]:
    """The deltas of a response have no output_index."""
    if event["type"].endswith(".delta"):
        del event["output_index"]
    yield event


@events("responses.stream.schema")
def response_stream_logprobs_word(event: Json, _: Before) -> Iterator[Json]:
    """The logprobs of a delta are a word."""
    if event["type"] == "response.output_text.delta":
        event["logprobs"] = "none"
    yield event


@events("responses.stream.item-id")
def response_stream_item_id_differs(event: Json, _: Before) -> Iterator[Json]:
    """The deltas of a response have another item_id than their item."""
    if event["type"].endswith(".delta"):
        event["item_id"] = "msg_other"
    yield event


@events("responses.stream.text-joins")
def response_stream_text_differs(event: Json, _: Before) -> Iterator[Json]:
    """The text said whole has one character more than its deltas."""
    if event["type"] == "response.output_text.done":
        event["text"] += "."
    yield event


@events("responses.stream.arguments-join")
def response_stream_arguments_differ(event: Json, _: Before) -> Iterator[Json]:
    """The arguments said whole are empty."""
    if event["type"] == "response.function_call_arguments.done":
        event["arguments"] = "{}"
    yield event


@events("responses.stream.item-same")
def response_stream_item_differs(event: Json, _: Before) -> Iterator[Json]:
    """The finished message has lost its text, and so has the finished response."""
    event = deepcopy(event)
    finished = [event["item"]] if event["type"] == "response.output_item.done" else []
    _empty(finished or (event["response"]["output"] if _ends(event) else []))
    yield event


@events("responses.stream.final-output")
def response_stream_final_differs(event: Json, _: Before) -> Iterator[Json]:
    """The finished response has lost its text."""
    event = deepcopy(event)
    _empty(event["response"]["output"] if _ends(event) else [])
    yield event


def _empty(items: Sequence[Json]) -> None:
    for item in items:
        for part in item.get("content", ()):
            part["text"] = ""


@events("responses.stream.final-status", when=cool)
def response_stream_final_cancelled(event: Json, _: Before) -> Iterator[Json]:
    """The status in response.completed is cancelled."""
    yield {**event, "response": {**event["response"], "status": "cancelled"}} if _ends(event) else event


@events("responses.stream.opening")
def response_stream_opens_completed(event: Json, _: Before) -> Iterator[Json]:
    """A response is completed when it begins."""
    opens = event["type"] in ("response.created", "response.in_progress")
    yield {**event, "response": {**event["response"], "status": "completed"}} if opens else event


@events("responses.stream.id-constant")
def response_stream_id_changes(event: Json, _: Before) -> Iterator[Json]:
    """A response has another id when it begins than when it ends."""
    opens = event["type"] in ("response.created", "response.in_progress")
    yield {**event, "response": {**event["response"], "id": "resp_" + "0" * 50}} if opens else event


@events("responses.stream.chunked")
def response_stream_one_delta(event: Json, before: Before) -> Iterator[Json]:
    """The whole text of a message comes in one delta."""
    if event["type"] == "response.output_text.done":
        deltas = [each for each in before if each["type"] == "response.output_text.delta"]
        yield {**deltas[-1], "delta": event["text"]}
    if event["type"] != "response.output_text.delta":
        yield event


@events("responses.stream.parity")
def response_stream_counts_more(event: Json, _: Before) -> Iterator[Json]:
    """A stream counts three input tokens more than a body does."""
    if _ends(event):
        event = deepcopy(event)
        usage = event["response"]["usage"]
        usage.update(input_tokens=usage["input_tokens"] + 3, total_tokens=usage["total_tokens"] + 3)
    yield event


@events("responses.stream.call-parity")
def response_stream_call_lost(event: Json, _: Before) -> Iterator[Json]:
    """A stream has lost its function call."""
    if "arguments" in event["type"] or _is_call(event.get("item")):
        return
    if _ends(event):
        left = [item for item in event["response"]["output"] if not _is_call(item)]
        event = {**event, "response": {**event["response"], "output": left}}
    yield event


def _is_call(item: Json | None) -> bool:
    return item is not None and item["type"] == "function_call"


@events("responses.stream.text-parity")
def response_stream_blanks_lost(event: Json, _: Before) -> Iterator[Json]:
    """The text of a stream has lost its blanks, in every event."""
    yield event if "arguments" in event["type"] else _unblanked(event)


def _unblanked(value: Any) -> Any:
    """Take the blanks out of all texts, however deep."""
    if isinstance(value, list):
        return [_unblanked(each) for each in value]
    if not isinstance(value, dict):
        return value
    said = ("text", "delta")
    return {
        key: each.replace(" ", "") if key in said and isinstance(each, str) else _unblanked(each)
        for key, each in value.items()
    }
