"""Flaws of tool calls in chat streams."""

from collections.abc import Iterator, Sequence

from reference_server.flaws.events import Event, finishes, is_chunk, with_delta
from reference_server.flaws.kinds import chunk, stream
from reference_server.flaws.messages import Json, Request


def fragments(event: Event) -> list[Json]:
    """The fragments of function calls in a chunk."""
    if not is_chunk(event):
        return []
    deltas = (choice.get("delta") or {} for choice in event["choices"])
    return [each for delta in deltas for each in delta.get("tool_calls") or () if "function" in each]


def is_for_two(request: Request) -> bool:
    """A stream that must call some tool, with its usage."""
    return request.json.get("tool_choice") == "required" and "stream_options" in request.json


def is_for_one(request: Request) -> bool:
    """A stream that must call some tool, without its usage."""
    return request.json.get("tool_choice") == "required" and "stream_options" not in request.json


@chunk("tools.stream.index-present")
def tool_stream_no_index(chunk: Json) -> None:
    """The fragments of function calls have no index."""
    for fragment in fragments(chunk):
        del fragment["index"]


@chunk("tools.stream.index-distinct")
def tool_stream_index_zero(chunk: Json) -> None:
    """The index of every function call is 0."""
    for fragment in fragments(chunk):
        fragment["index"] = 0


@stream("tools.stream.head-first")
def tool_stream_late_id(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The id of a function call comes after its name."""
    late = [{"index": each["index"], "id": each.pop("id")} for each in fragments(event) if "id" in each]
    yield event
    for each in late:
        if is_chunk(event):
            yield with_delta(event, {"tool_calls": [each]})


@chunk("tools.stream.type-first")
def tool_stream_no_type(chunk: Json) -> None:
    """The fragments of function calls have no type."""
    for fragment in fragments(chunk):
        fragment.pop("type", None)


@stream("tools.stream.accumulates", "tools.stream.name-once")
def tool_stream_name_repeated(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """Every fragment of a function call has its name."""
    for each in fragments(event):
        each["function"]["name"] = _head(each, (*before, event))["function"]["name"]
    yield event


@chunk("tools.stream.name-once")
def tool_stream_name_emptied(chunk: Json) -> None:
    """Later fragments of a function call have an empty name."""
    for fragment in fragments(chunk):
        fragment["function"].setdefault("name", "")


@stream("tools.stream.accumulates", "tools.stream.id-once")
def tool_stream_id_repeated(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """Every fragment of a function call has its id."""
    for each in fragments(event):
        each["id"] = _head(each, (*before, event))["id"]
    yield event


@chunk("tools.id-nonempty")
def tool_stream_no_id(chunk: Json) -> None:
    """The function calls of a stream have no id."""
    for fragment in fragments(chunk):
        fragment.pop("id", None)


@stream("tools.stream.arguments-string", when=is_for_two)
def tool_stream_arguments_object(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A function call begins with an object in place of its arguments."""
    for each in fragments(event):
        if "name" in each["function"]:
            each["function"]["arguments"] = {}
    yield event


@stream("tools.stream.arguments-reassemble", when=is_for_two)
def tool_stream_arguments_cut(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """The last brace of the arguments is missing."""
    for each in fragments(event):
        each["function"]["arguments"] = each["function"]["arguments"].rstrip("}")
    yield event


@stream("tools.stream.in-turn", when=is_for_two)
def tool_stream_interleaved(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A last, empty fragment of the first call comes after the second call."""
    if finishes(event):
        yield with_delta(event, {"tool_calls": [{"index": 0, "function": {"arguments": ""}}]})
    yield event


@chunk("tools.stream.schema")
def tool_stream_null(chunk: Json) -> None:
    """After each fragment of a function call there is a null."""
    for choice in chunk["choices"]:
        if fragments(chunk):
            choice["delta"]["tool_calls"].append(None)


@stream("tools.finish-reason", when=is_for_two)
def tool_stream_finish_stop(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A stream with function calls finishes with stop."""
    if finishes(event):
        for choice in event["choices"]:
            choice["finish_reason"] = "stop"
    yield event


@stream("tools.stream-parity", when=is_for_one)
def tool_stream_other_tool(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """A stream calls another tool than a body does."""
    found = fragments(event)
    if any("name" in each["function"] for each in found):
        found[0]["function"] = {"name": "get_time", "arguments": '{"city":"Oslo"}'}
        yield event
    elif not found:
        yield event


def _head(fragment: Json, events: Sequence[Event]) -> Json:
    """The first fragment of the call that a fragment belongs to."""
    found = (each for event in events for each in fragments(event) if each["index"] == fragment["index"])
    return next(found)
