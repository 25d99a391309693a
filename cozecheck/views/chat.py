"""Exchanges read as chat completions sent as one body."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cozecheck.contract import shapes
from cozecheck.contract.operations import operation
from cozecheck.exchange import ABSENT, Exchange, Response, read_once
from cozecheck.views.failures import error_in
from cozecheck.views.wire import Answer, answer

CREATE = "chat.completions.create"


@dataclass(frozen=True)
class ChatBody:
    """A chat completion: its JSON, and the request that asked for it."""

    exchange: Exchange
    response: Response
    value: dict[str, Any]

    @property
    def asked(self) -> dict[str, Any]:
        """The request body."""
        return self.exchange.request.json

    @cached_property
    def choices(self) -> list[dict[str, Any]]:
        """The choices that are objects."""
        choices = self.value.get("choices")
        return [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []

    @cached_property
    def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """The messages that are objects, each with its JSON Pointer."""
        return [
            (f"/choices/{place}/message", choice["message"])
            for place, choice in enumerate(self.choices)
            if isinstance(choice.get("message"), dict)
        ]

    @property
    def usage(self) -> dict[str, Any]:
        """The usage, empty where there is none."""
        usage = self.value.get("usage")
        return usage if isinstance(usage, dict) else {}

    @cached_property
    def departures(self) -> tuple[shapes.Departure, ...]:
        """Where the body does not fit the SDK's type."""
        return shapes.chat_completion(self.value)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield each message's text, with its JSON Pointer."""
        for pointer, message in self.messages:
            if isinstance(message.get("content"), str):
                yield f"{pointer}/content", message["content"]


@read_once
def chat_answer(exchange: Exchange) -> Answer | None:
    """Read an answer to a request for a chat completion."""
    asked = operation(exchange.request)
    return answer(exchange) if asked and asked.name == CREATE else None


@read_once
def chat_body(exchange: Exchange) -> ChatBody | None:
    """Read a chat completion sent as one body."""
    whole = chat_answer(exchange)
    if whole is None or not whole.response.ok or whole.response.is_stream:
        return None
    value = whole.response.json
    if not isinstance(value, dict) or error_in(value) is not ABSENT:
        return None
    return ChatBody(exchange, whole.response, value)
