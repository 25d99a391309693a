"""Exchanges read as completions of prompts, as bodies and as streams."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cozecheck.contract import prompt_shapes
from cozecheck.contract.parameters import Fault
from cozecheck.contract.prompt_parameters import completion_faults, count_prompts
from cozecheck.contract.shapes import Departure
from cozecheck.exchange import Exchange
from cozecheck.views.calls import Call, call, success
from cozecheck.views.chat_stream import ChatStream, ended
from cozecheck.views.requests import Asked, is_nonsense

CREATE = "completions.create"
PLAIN = frozenset(("model", "prompt", "max_tokens", "temperature", "stream", "stream_options"))
"""Parameters that a server with this endpoint takes, but for stream_options perhaps."""


@dataclass(frozen=True)
class Completion(Call):
    """Completions sent as one body."""

    @cached_property
    def choices(self) -> list[dict[str, Any]]:
        """The choices that are objects."""
        choices = self.value.get("choices")
        return [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []

    @property
    def usage(self) -> dict[str, Any]:
        """The usage, empty where there is none."""
        usage = self.value.get("usage")
        return usage if isinstance(usage, dict) else {}

    @property
    def departures(self) -> tuple[Departure, ...]:
        """Where the body does not fit the SDK's type."""
        return prompt_shapes.completion(self.value)


@dataclass(frozen=True)
class CompletionStream(ChatStream):
    """Completions sent as a stream, summed up; positions are numbers of events, from 1."""

    def texts(self) -> dict[int, str]:
        """Return the text of each choice, put together, by index."""
        texts: dict[int, str] = {}
        for _, choice in self.parts():
            index, text = choice.get("index"), choice.get("text")
            if isinstance(index, int) and isinstance(text, str):
                texts[index] = texts.get(index, "") + text
        return texts

    def parts(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield every choice of every chunk, with its event number."""
        for at, chunk in self.chunks:
            choices = chunk.get("choices")
            for choice in choices if isinstance(choices, list) else ():
                if isinstance(choice, dict):
                    yield at, choice

    @cached_property
    def departures(self) -> tuple[tuple[int, Departure], ...]:
        """Where chunks do not fit the SDK's type, with their event numbers."""
        return tuple((at, each) for at, chunk in self.chunks for each in prompt_shapes.completion(chunk))


@dataclass(frozen=True, slots=True)
class Written:
    """What was completed, as a body or as a stream: the text of each choice, by index."""

    asked: dict[str, Any]
    texts: dict[int, str]
    usage: dict[str, Any]
    streamed: bool

    def at(self, index: int) -> str:
        """Say where the text of a choice stands."""
        return f"choice {index}" if self.streamed else f"/choices/{index}/text"


def written(exchange: Exchange) -> Written | None:
    """Read what was completed, as a body or as a whole stream."""
    body, stream = completion(exchange), completion_stream(exchange)
    if body:
        texts = {at: choice["text"] for at, choice in enumerate(body.choices) if isinstance(choice.get("text"), str)}
        return Written(body.asked, texts, body.usage, streamed=False)
    if stream is None or not ended(stream):
        return None
    return Written(stream.asked, stream.texts(), stream.usage, streamed=True)


def asked_completion(exchange: Exchange) -> Asked | None:
    """Read an answered request for a completion."""
    made = call(exchange, CREATE)
    if made is None or not isinstance(exchange.request.parsed.value, dict):
        return None
    return Asked(exchange, made.response, exchange.request.json)


def faults(asked: Asked) -> tuple[Fault, ...]:
    """Return how a request for a completion departs from what is documented."""
    return tuple(completion_faults(asked.body))


def legal_completion(exchange: Exchange) -> Asked | None:
    """Read an answered request for a completion in which nothing is wrong."""
    asked = asked_completion(exchange)
    return None if asked is None or faults(asked) or is_nonsense(asked.body["model"]) else asked


def faulty_completion(exchange: Exchange) -> Asked | None:
    """Read an answered request for a completion that breaks the documentation."""
    asked = asked_completion(exchange)
    return asked if asked and faults(asked) and not is_nonsense(asked.body.get("model")) else None


def plain_completion(exchange: Exchange) -> Asked | None:
    """Read an answered request for a completion of a plain text."""
    asked = legal_completion(exchange)
    return asked if asked and PLAIN.issuperset(asked.body) and isinstance(asked.body["prompt"], str) else None


def completion(exchange: Exchange) -> Completion | None:
    """Read completions sent as one body."""
    made = success(exchange, CREATE)
    if made is None or made.response.is_stream:
        return None
    return Completion(made.exchange, made.response)


def completion_stream(exchange: Exchange) -> CompletionStream | None:
    """Read completions sent as a stream."""
    made = call(exchange, CREATE)
    if made is None or not made.response.ok or not made.response.is_stream or not made.response.content:
        return None
    return CompletionStream(exchange, made.response, tuple(event.data for event in made.response.stream.events))


def prompt_of(asked: dict[str, Any], place: int) -> str | None:
    """Return the prompt of the choice at a place; None where it is not known as text."""
    given = asked.get("prompt")
    if isinstance(given, list) and all(isinstance(each, str) for each in given):
        at = place // wanted_choices(asked)
        return given[at] if at < len(given) else None
    return given if isinstance(given, str) else None


def wanted_choices(asked: dict[str, Any]) -> int:
    """Return how many choices a request asks for, of each prompt."""
    n = asked.get("n")
    return n if isinstance(n, int) and not isinstance(n, bool) and n > 0 else 1


def tried_choices(asked: dict[str, Any]) -> int:
    """Return how many completions a request has made of each prompt: those asked for are the best of them."""
    best_of = asked.get("best_of")
    return max(wanted_choices(asked), best_of if isinstance(best_of, int) else 0)


def all_choices(asked: dict[str, Any]) -> int | None:
    """Return how many choices a request asks for, of all prompts together."""
    prompts = count_prompts(asked.get("prompt"))
    return prompts * wanted_choices(asked) if prompts else None
