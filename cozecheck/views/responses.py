"""Exchanges read as responses: as one body, at the end of a stream, or retrieved."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cozecheck.contract import response_shapes
from cozecheck.contract.operations import operation
from cozecheck.contract.response_grammar import TERMINAL
from cozecheck.contract.shapes import Departure
from cozecheck.exchange import Exchange, Response
from cozecheck.views.requests import Asked
from cozecheck.views.wire import Answer, answer

CREATE = "responses.create"


@dataclass(frozen=True)
class ResponseObject:
    """A response; *at* is the JSON Pointer, or the event, where it stands."""

    exchange: Exchange
    response: Response
    value: dict[str, Any]
    at: str = ""

    @property
    def asked(self) -> dict[str, Any]:
        """The request body; empty for a response that was retrieved."""
        return self.exchange.request.json

    @cached_property
    def items(self) -> list[tuple[str, dict[str, Any]]]:
        """The output items that are objects, each with its JSON Pointer."""
        output = self.value.get("output")
        listed = output if isinstance(output, list) else []
        return [(f"{self.at}/output/{place}", item) for place, item in enumerate(listed) if isinstance(item, dict)]

    def of_type(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the output items of one type."""
        return [(at, item) for at, item in self.items if item.get("type") == kind]

    @property
    def usage(self) -> dict[str, Any]:
        """The usage, empty where there is none."""
        usage = self.value.get("usage")
        return usage if isinstance(usage, dict) else {}

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield each text of each message, with its JSON Pointer."""
        for at, item in self.of_type("message"):
            content = item.get("content")
            for place, part in enumerate(content if isinstance(content, list) else ()):
                if isinstance(part, dict) and isinstance(part.get("text"), str):
                    yield f"{at}/content/{place}/text", part["text"]

    @property
    def text(self) -> str:
        """All texts, joined."""
        return "".join(text for _, text in self.texts())

    @cached_property
    def departures(self) -> tuple[Departure, ...]:
        """Where the response does not fit the SDK's type."""
        return response_shapes.response(self.value)


def response_answer(exchange: Exchange) -> Answer | None:
    """Read an answer to a request for a response."""
    asked = operation(exchange.request)
    return answer(exchange) if asked and asked.name == CREATE else None


def asked_response(exchange: Exchange) -> Asked | None:
    """Read an answered request for a response."""
    whole = response_answer(exchange)
    if whole is None or not isinstance(exchange.request.parsed.value, dict):
        return None
    return Asked(exchange, whole.response, exchange.request.json)


def response_object(exchange: Exchange) -> ResponseObject | None:
    """Read a response, as one body, retrieved, or at the end of a stream."""
    asked = operation(exchange.request)
    whole = answer(exchange) if asked and asked.name in (CREATE, "responses.retrieve") else None
    if whole is None or not whole.response.ok:
        return None
    if whole.response.is_stream:
        return _at_the_end(exchange, whole.response)
    value = whole.response.json
    return ResponseObject(exchange, whole.response, value) if _is_response(value) else None


def _is_response(value: Any) -> bool:
    """Whether it may be a response: an error in its place has nothing else to show."""
    return isinstance(value, dict) and (not value.get("error") or "output" in value)


def _at_the_end(exchange: Exchange, response: Response) -> ResponseObject | None:
    for at, payload in reversed(tuple(enumerate(response.payloads, 1))):
        event = payload.value
        ends = isinstance(event, dict) and str(event.get("type")) in TERMINAL
        if ends and isinstance(event.get("response"), dict):
            return ResponseObject(exchange, response, event["response"], f"event {at}, /response")
    return None


def created_response(exchange: Exchange) -> ResponseObject | None:
    """Read a response just created, not one that runs in the background."""
    found = response_object(exchange)
    if found is None or not exchange.request.json or exchange.request.json.get("background") is True:
        return None
    return found


def counted_response(exchange: Exchange) -> ResponseObject | None:
    """Read a response with a usage."""
    found = response_object(exchange)
    return found if found and found.usage else None
