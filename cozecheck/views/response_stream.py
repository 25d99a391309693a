"""Exchanges read as responses sent as a stream of events."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cozecheck.contract import response_shapes
from cozecheck.contract.response_grammar import TERMINAL, disorder
from cozecheck.contract.shapes import Departure
from cozecheck.exchange import ABSENT, Exchange, Response
from cozecheck.sse import DONE
from cozecheck.views.failures import error_in
from cozecheck.views.responses import response_answer

Told = tuple[int, dict[str, Any]]
"""An event and its number, from 1."""


@dataclass(slots=True)
class StreamedItem:
    """What the events told of the output item at one index."""

    added: Told | None = None
    done: Told | None = None
    deltas: dict[str, list[str]] = field(default_factory=dict)
    """By kind and content index: `output_text 0`."""
    said: dict[str, tuple[int, Any]] = field(default_factory=dict)
    foreign: list[tuple[int, Any]] = field(default_factory=list)
    """Events whose item_id is not that of the item."""

    @property
    def id(self) -> Any:
        """The id with which the item was added."""
        item = self.added[1].get("item") if self.added else None
        return item.get("id", ABSENT) if isinstance(item, dict) else ABSENT


WHOLE = {
    "output_text": "text",
    "refusal": "refusal",
    "function_call_arguments": "arguments",
    "reasoning_text": "text",
    "reasoning_summary_text": "text",
    "custom_tool_call_input": "input",
}
"""What comes as deltas, and where its `.done` event holds the whole."""


@dataclass(frozen=True)
class ResponseStream:
    """A stream of events, summed up; positions are numbers of events, from 1."""

    exchange: Exchange
    response: Response

    @property
    def asked(self) -> dict[str, Any]:
        """The request body."""
        return self.exchange.request.json

    @cached_property
    def payloads(self) -> list[Told]:
        """The events that are JSON objects."""
        found = ((at, each.value) for at, each in enumerate(self.response.payloads, 1))
        return [(at, value) for at, value in found if isinstance(value, dict)]

    @cached_property
    def events(self) -> list[Told]:
        """The events that have a type."""
        return [(at, value) for at, value in self.payloads if isinstance(value.get("type"), str)]

    @cached_property
    def names(self) -> dict[int, str]:
        """The names in the `event:` lines, by event number."""
        return {at: event.name for at, event in enumerate(self.response.stream.events, 1)}

    @property
    def done(self) -> list[int]:
        """Which events are `[DONE]`."""
        return [at for at, event in enumerate(self.response.stream.events, 1) if event.data.strip() == DONE]

    @cached_property
    def terminal(self) -> list[Told]:
        """The events that end the response."""
        return [(at, event) for at, event in self.events if event["type"] in TERMINAL]

    @cached_property
    def errors(self) -> list[tuple[int, Any]]:
        """What went wrong: events of type error, and errors without a type."""
        typed = [(at, event) for at, event in self.events if event["type"] == "error"]
        bare = [(at, error_in(value)) for at, value in self.payloads if "type" not in value]
        return typed + [(at, error) for at, error in bare if error is not ABSENT]

    @cached_property
    def disorder(self) -> list[tuple[int, str]]:
        """Which events come out of order, and why."""
        return [(self.events[place][0], reason) for place, reason in disorder(event for _, event in self.events)]

    @cached_property
    def responses(self) -> list[tuple[int, str, dict[str, Any]]]:
        """The responses within events: event number, type, and the response."""
        return [
            (at, event["type"], event["response"])
            for at, event in self.events
            if isinstance(event.get("response"), dict)
        ]

    @cached_property
    def items(self) -> dict[Any, StreamedItem]:
        """The output items by index, in order of appearance."""
        items: dict[Any, StreamedItem] = {}
        for at, event in self.events:
            if "output_index" in event:
                index = event["output_index"]
                key = index if isinstance(index, int) else repr(index)
                _add(items.setdefault(key, StreamedItem()), at, event)
        return items

    @cached_property
    def departures(self) -> list[tuple[int, Departure]]:
        """Where events do not fit the SDK's types, with their event numbers; the first of each type and place."""
        by_type: dict[str, list[Told]] = {}
        for told in self.events:
            by_type.setdefault(told[1]["type"], []).append(told)
        found: list[tuple[int, Departure]] = []
        for kind, events in by_type.items():
            first: dict[Any, tuple[int, Departure]] = {}
            for each in response_shapes.events(kind, [event for _, event in events]):
                first.setdefault(each.path[1:], (events[int(each.path[0])][0], each.below()))
            found += first.values()
        return sorted(found, key=lambda each: each[0])


def _add(item: StreamedItem, at: int, event: dict[str, Any]) -> None:
    name, _, step = event["type"].removeprefix("response.").rpartition(".")
    if name == "output_item":
        if step == "added":
            item.added = item.added or (at, event)
        elif step == "done":
            item.done = (at, event)
    elif "item_id" in event and item.added and event["item_id"] != item.id:
        item.foreign.append((at, event["item_id"]))
    if name in WHOLE:
        key = f"{name} {event.get('content_index', event.get('summary_index', 0))}"
        if step == "delta" and isinstance(event.get("delta"), str):
            item.deltas.setdefault(key, []).append(event["delta"])
        elif step == "done":
            item.said[key] = (at, event.get(WHOLE[name], ABSENT))


def response_stream(exchange: Exchange) -> ResponseStream | None:
    """Read a response sent as a stream."""
    whole = response_answer(exchange)
    if whole is None or not whole.response.ok or not whole.response.is_stream or not whole.response.content:
        return None
    return ResponseStream(exchange, whole.response)


def told_stream(exchange: Exchange) -> ResponseStream | None:
    """Read a response sent as a stream with typed events in it."""
    stream = response_stream(exchange)
    return stream if stream and stream.events else None


def ended_stream(exchange: Exchange) -> ResponseStream | None:
    """Read a response sent as a stream that came to its end."""
    stream = response_stream(exchange)
    return stream if stream and stream.terminal else None
