"""Builders of requests in Anthropic's protocol, and its answers held against the types of its own SDK."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import httpx2
from anthropic.types import Message, RawMessageStreamEvent
from anthropic.types.shared import ErrorResponse
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter
from starlette.types import ASGIApp

from tests.reference_server.asking import NO_HEADERS, Json, ask

MESSAGES = "/v1/messages"
VERSION = {"anthropic-version": "2026-10-21"}
OLDER = {"anthropic-version": "2023-06-01"}
EVENT: TypeAdapter[RawMessageStreamEvent] = TypeAdapter(RawMessageStreamEvent)
NAMES = ("type", "text", "source", "content", "role", "id", "name", "data", "input")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
"""JSON, some of it in words of this API."""


def asking(content: Any = "Say exactly: one two three", **changes: Any) -> Json:
    """A request; a change to None takes the key away."""
    asked = {"model": "gpt-4o-mini", "max_tokens": 100, "messages": [{"role": "user", "content": content}], **changes}
    return {key: value for key, value in asked.items() if value is not None}


def send(server: ASGIApp, asked: Any, headers: Mapping[str, str] = NO_HEADERS, path: str = MESSAGES) -> httpx2.Response:
    """Put a request to a server."""
    return ask(server, "POST", path, {**VERSION, **headers}, json=asked)


def message(response: httpx2.Response) -> Json:
    """A whole message, as its type says and nothing beside it."""
    assert response.status_code == 200, response.text
    assert response.headers["request-id"] == response.headers["x-request-id"]
    refuse_extras(Message.model_validate_json(response.content, strict=True))
    found: Json = response.json()
    return found


def refusal(response: httpx2.Response) -> Json:
    """What an error says, in an envelope as its type says."""
    if response.status_code != 413:  # whose type the SDK does not list, and the API documents
        refuse_extras(ErrorResponse.model_validate_json(response.content, strict=True))
    told = response.json()
    assert told["request_id"] == response.headers["request-id"]
    return dict(told["error"])


def events(content: str) -> list[Json]:
    """The events of a stream, each named for its type and as its type says."""
    found = [json.loads(data) for data in named(content)]
    for event in found:
        if event["type"] == "error":
            refuse_extras(ErrorResponse.model_validate_json(json.dumps(event), strict=True))
        elif event["type"] != "ping":
            refuse_extras(EVENT.validate_json(json.dumps(event), strict=True))
    return found


def named(content: str) -> Iterator[str]:
    """The data of each event, whose name is its type."""
    *blocks, rest = content.split("\n\n")
    assert rest == ""
    for block in blocks:
        name, data = block.split("\n")
        assert name.removeprefix("event: ") == json.loads(data.removeprefix("data: "))["type"]
        yield data.removeprefix("data: ")


def refuse_extras(value: Any) -> None:
    """Find fields that the SDK does not know: its models let them pass."""
    if isinstance(value, BaseModel):
        assert not value.model_extra, value
        for name in type(value).model_fields:
            refuse_extras(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            refuse_extras(each)


def put_together(found: Iterable[Json]) -> list[Json]:
    """The content blocks of a stream; each begins, goes on and ends before the next begins."""
    blocks: list[Json] = []
    pieces: list[str] = []
    is_open = False
    for event in found:
        if event["type"] == "content_block_start":
            assert not is_open
            assert event["index"] == len(blocks)
            is_open, pieces = True, []
            blocks.append(event["content_block"])
        elif event["type"] == "content_block_delta":
            assert is_open
            assert event["index"] == len(blocks) - 1
            pieces.append(piece_of(event["delta"], blocks[-1]["type"]))
        elif event["type"] == "content_block_stop":
            assert is_open
            assert event["index"] == len(blocks) - 1
            is_open = False
            finish(blocks[-1], "".join(pieces))
    assert not is_open
    return blocks


def piece_of(delta: Json, kind: str) -> str:
    """What a delta adds to a block of this kind."""
    expected = {"text": "text_delta", "thinking": "thinking_delta", "tool_use": "input_json_delta"}
    assert delta["type"] == expected[kind]
    return str(delta[{"text": "text", "thinking": "thinking", "tool_use": "partial_json"}[kind]])


def finish(block: Json, said: str) -> None:
    """Put what deltas said into their block."""
    if block["type"] == "tool_use":
        block["input"] = json.loads(said or "{}")
    else:
        block[block["type"]] += said


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value at which something else could stand."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)
