"""Responses, their events and conversations as they go over the wire, built."""

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cozecheck.exchange import Exchange
from tests.examples import ANSWERED_BY, MODEL, NOW, exchange, put

Json = dict[str, Any]
RESPONSES = "/responses"
RESPONSE_ID = "resp_" + "a1" * 25
MESSAGE_ID = "msg_" + "b2" * 25
CALL_ID = "fc_" + "c3" * 25
CONVERSATION_ID = "conv_" + "d4" * 24
WEATHER = {"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}, "strict": False}


def wanting(given: Any = "Say hello.", **parameters: Any) -> Json:
    """The body of a request for a response."""
    return {"model": MODEL, "input": given, **parameters}


def said(text: str = "Hello there.", **changes: Any) -> Json:
    """A message in the output."""
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
    return {
        "id": MESSAGE_ID,
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [part],
        **changes,
    }


def call(arguments: Any = '{"city": "Paris"}', **changes: Any) -> Json:
    """A function call in the output."""
    named = {"call_id": "call_1", "name": "weather", "arguments": arguments}
    return {"id": CALL_ID, "type": "function_call", "status": "completed", **named, **changes}


def spent(made: Any = 3, read: Any = 10) -> Json:
    """A usage object."""
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + made,
    }


def response(*items: Json, **changes: Any) -> Json:
    """A response as OpenAI sends it."""
    return {
        "id": RESPONSE_ID,
        "object": "response",
        "created_at": NOW,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": ANSWERED_BY,
        "output": list(items or (said(),)),
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "store": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": spent(),
        **changes,
    }


def created(value: Any = None, asked: Any = None, **rest: Any) -> Exchange:
    """A request for a response, and the answer."""
    return exchange(asked or wanting(), response() if value is None else value, path=RESPONSES, **rest)


def kept(value: Any = None, *, under: str = RESPONSE_ID, method: str = "GET", **rest: Any) -> Exchange:
    """A response asked for again."""
    return exchange(None, response() if value is None else value, method=method, path=f"{RESPONSES}/{under}", **rest)


def refused(status: int = 404, message: str = "Response with id 'x' not found.", **error: Any) -> Json:
    """What stands in an error envelope."""
    assert status >= 400
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **error}}


def text_events(*pieces: str, end: Mapping[str, Any] | None = None) -> list[Json]:
    """The events of a response that says something in pieces."""
    words = "".join(pieces)
    about = {"item_id": MESSAGE_ID, "output_index": 0, "content_index": 0}
    part = said(words)["content"][0]
    begun = response(status="in_progress", output=[], usage=None)
    final = response(said(words), **(end or {}))
    told: list[Json] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": said(status="in_progress", content=[])},
        {"type": "response.content_part.added", **about, "part": put(part, "/text", "")},
        *({"type": "response.output_text.delta", **about, "delta": piece, "logprobs": []} for piece in pieces),
        {"type": "response.output_text.done", **about, "text": words, "logprobs": []},
        {"type": "response.content_part.done", **about, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": said(words)},
        {"type": f"response.{final['status']}", "response": final},
    ]
    return numbered(told)


def call_events(arguments: str = '{"city": "Paris"}') -> list[Json]:
    """The events of a response that calls a function."""
    about = {"item_id": CALL_ID, "output_index": 0}
    begun = response(status="in_progress", output=[], usage=None)
    added = call("", status="in_progress")
    told: list[Json] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": added},
        *({"type": "response.function_call_arguments.delta", **about, "delta": letter} for letter in arguments),
        {"type": "response.function_call_arguments.done", **about, "name": "weather", "arguments": arguments},
        {"type": "response.output_item.done", "output_index": 0, "item": call(arguments)},
        {"type": "response.completed", "response": response(call(arguments))},
    ]
    return numbered(told)


def numbered(events: Iterable[Json]) -> list[Json]:
    """Copies of events, numbered anew."""
    return [{**copy.deepcopy(event), "sequence_number": number} for number, event in enumerate(events)]


def without(kind: str, events: Iterable[Json]) -> list[Json]:
    """The events but for those of one type, numbered anew."""
    return numbered(event for event in events if event["type"] != kind)


def changed(kind: str, change: Callable[[Json], Json], events: Iterable[Json]) -> list[Json]:
    """The events, those of one type changed."""
    return [change(copy.deepcopy(event)) if event.get("type") == kind else event for event in events]


def written(events: Iterable[Json], *, names: bool = True, tail: str = "") -> str:
    """Events as they are sent."""
    lines = ((f"event: {event['type']}\n" if names and "type" in event else "", json.dumps(event)) for event in events)
    return "".join(f"{name}data: {data}\n\n" for name, data in lines) + tail


def streamed(events: Iterable[Json], asked: Any = None, **how: Any) -> Exchange:
    """A response as a stream of events."""
    return exchange(asked or wanting(stream=True), written(events, **how), path=RESPONSES)


def conversation(**changes: Any) -> Json:
    """A conversation as OpenAI sends it."""
    return {"id": CONVERSATION_ID, "object": "conversation", "created_at": NOW, "metadata": {}, **changes}


def item(number: int, text: str = "", **changes: Any) -> Json:
    """A user's message in a conversation."""
    part = {"type": "input_text", "text": text or f"number {number}"}
    base = {"id": f"msg_{number}", "type": "message", "status": "completed", "role": "user", "content": [part]}
    return {**base, **changes}


def item_list(*items: Json, **changes: Any) -> Json:
    """A list of items."""
    ends = {"first_id": items[0]["id"], "last_id": items[-1]["id"]} if items else {"first_id": None, "last_id": None}
    return {"object": "list", "data": list(items), **ends, "has_more": False, **changes}


def talk(value: Any, method: str = "GET", below: str = "", asked: Any = None, **rest: Any) -> Exchange:
    """An exchange about one conversation, or about what is *below* it."""
    return exchange(asked, value, method=method, path=f"/conversations/{CONVERSATION_ID}{below}", **rest)


def begun(value: Any = None, asked: Any = None, **rest: Any) -> Exchange:
    """A conversation, created."""
    return exchange(asked or {}, conversation() if value is None else value, path="/conversations", **rest)
