"""Exchanges read as answers to be compared: bodies assembled and normalised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from cozecheck.contract.operations import RAW, operation
from cozecheck.diff import events, merging, response_events
from cozecheck.diff.normalising import normalised
from cozecheck.exchange import ABSENT, Exchange, Response
from cozecheck.views.chat_stream import ChatStream
from cozecheck.views.response_stream import ResponseStream

DEEPEST = 64
"""Levels of arrays and objects that a body may have to be compared."""

CONTAINERS = (dict, list)


class Form(StrEnum):
    """As what a body came."""

    JSON = "JSON"
    STREAM = "an event stream"
    TEXT = "text"
    BYTES = "bytes"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Answer:
    """One whole response, and the request that it answers."""

    exchange: Exchange
    response: Response

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The request body; empty where it is no JSON object."""
        return self.exchange.request.json

    @cached_property
    def operation(self) -> str:
        """The operation's name; the path where it is none that we know."""
        known = operation(self.exchange.request)
        return known.name if known else f"{self.exchange.request.method} {self.exchange.request.path}"

    @cached_property
    def form(self) -> Form:
        """As what the body came, judged by its bytes."""
        content = self.response.content
        if not content.strip():
            return Form.NOTHING
        if self.operation in RAW and self.response.ok:
            return Form.BYTES
        if self.response.is_stream:
            return Form.STREAM
        if isinstance(self.response.json, dict | list):
            return Form.JSON
        return Form.TEXT if is_text(content) else Form.BYTES

    @cached_property
    def is_deep(self) -> bool:
        """Whether the JSON of the answer is nested more deeply than is compared."""
        bodies = self.response.payloads if self.form is Form.STREAM else (self.response.parsed,)
        return any(each.fault and _is_deep(each.value) for each in bodies)  # a strict parser follows 200 levels

    @cached_property
    def raw(self) -> Any:
        """The JSON of the answer, of a stream the body that it spells out; ABSENT where there is none."""
        if self.form is Form.JSON:
            return self.response.json
        return self._assembled if self.form is Form.STREAM else ABSENT

    @cached_property
    def value(self) -> Any:
        """The same with what has no place of its own given one, and ids replaced by what they refer to."""
        return normalised(self.raw, self.operation, self.exchange.request)

    @cached_property
    def events(self) -> events.Summary | None:
        """The sequence of events, summed up; None for what is no stream."""
        if self.form is not Form.STREAM:
            return None
        if self._protocol == "responses":
            return response_events.of_response(self._response_stream)
        return events.of_chat(self._chat_stream)

    @cached_property
    def vectors(self) -> Mapping[int, Any]:
        """What stands under `embedding`, by place."""
        data = self.raw.get("data") if isinstance(self.raw, dict) else None
        found = enumerate(data) if isinstance(data, list) else ()
        return {place: item["embedding"] for place, item in found if isinstance(item, dict) and "embedding" in item}

    @cached_property
    def _protocol(self) -> str:
        payloads = (each.value for each in self.response.payloads if isinstance(each.value, dict))
        first = next(payloads, {})
        return "responses" if isinstance(first.get("type"), str) and "choices" not in first else "chat"

    @cached_property
    def _chat_stream(self) -> ChatStream:
        data = tuple(event.data for event in self.response.stream.events)
        return ChatStream(self.exchange, self.response, data)

    @cached_property
    def _response_stream(self) -> ResponseStream:
        return ResponseStream(self.exchange, self.response)

    @property
    def _assembled(self) -> Any:
        if self._protocol == "chat":
            return merging.chat_completion(chunk for _, chunk in self._chat_stream.chunks)
        stream = self._response_stream
        if stream.responses:
            return {**stream.responses[-1][2], **_told(stream)}
        last = stream.events[-1][1] if stream.events else {}
        return {key: value for key, value in last.items() if key not in ("type", "sequence_number")}


def _told(stream: ResponseStream) -> dict[str, Any]:
    """Return the output by the items' own events where the stream does not come to its end."""
    if stream.terminal:
        return {}
    return {"output": [item.done[1].get("item") for item in stream.items.values() if item.done]}


def is_text(content: bytes) -> bool:
    """Say whether bytes are UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_deep(value: Any) -> bool:
    level, deep = [value], 0
    while level and deep <= DEEPEST:
        level = [part for each in level for part in _parts(each) if isinstance(part, CONTAINERS)]
        deep += 1
    return bool(level)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
