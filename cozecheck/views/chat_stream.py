"""Exchanges read as chat completions sent as a stream of chunks."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cozecheck.contract import shapes
from cozecheck.exchange import ABSENT, Exchange, Response, read_once
from cozecheck.sse import DONE
from cozecheck.views.chat import chat_answer
from cozecheck.views.failures import error_in


@dataclass(slots=True)
class StreamedChoice:
    """One choice put together from its deltas; positions are numbers of events, from 1."""

    index: Any
    first: int
    first_delta: dict[str, Any] | None = None
    roles: list[tuple[int, Any]] = field(default_factory=list)
    finishes: list[tuple[int, Any]] = field(default_factory=list)
    without_finish_key: list[int] = field(default_factory=list)
    without_delta: list[int] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    last_piece: int = 0
    seen: list[int] = field(default_factory=list)
    has_calls: bool = False

    @property
    def text(self) -> str:
        """The content of all deltas, joined."""
        return "".join(self.pieces)

    @property
    def finish_reason(self) -> Any:
        """The first finish_reason, None where there is none."""
        return self.finishes[0][1] if self.finishes else None


@dataclass(frozen=True)
class ChatStream:
    """A stream of chunks, summed up in one pass; positions are numbers of events, from 1."""

    exchange: Exchange
    response: Response
    data: tuple[str, ...]

    @property
    def asked(self) -> dict[str, Any]:
        """The request body."""
        return self.exchange.request.json

    @cached_property
    def chunks(self) -> list[tuple[int, dict[str, Any]]]:
        """The chunks that are JSON objects, and neither errors nor notes, with their event numbers."""
        chunks = [(at, value) for at, value in self._values if isinstance(value, dict) and error_in(value) is ABSENT]
        return [(at, chunk) for at, chunk in chunks if not _is_note(chunk)]

    @cached_property
    def errors(self) -> list[tuple[int, Any]]:
        """What stands under `error` in events that report one."""
        found = ((at, error_in(value)) for at, value in self._values)
        return [(at, error) for at, error in found if error is not ABSENT]

    @cached_property
    def _values(self) -> list[tuple[int, Any]]:
        return [(at, each.value) for at, each in enumerate(self.response.payloads, 1) if each.value is not ABSENT]

    @cached_property
    def done(self) -> list[int]:
        """Which events are `[DONE]`."""
        return [at for at, data in enumerate(self.data, 1) if data.strip() == DONE]

    @cached_property
    def choices(self) -> dict[Any, StreamedChoice]:
        """The choices by index, in order of appearance."""
        choices: dict[Any, StreamedChoice] = {}
        for at, chunk in self.chunks:
            listed = chunk.get("choices")
            for choice in listed if isinstance(listed, list) else ():
                if isinstance(choice, dict):
                    index = choice.get("index")
                    key = index if isinstance(index, int) else repr(index)
                    _add(choices.setdefault(key, StreamedChoice(index, at)), at, choice)
        return choices

    @cached_property
    def usages(self) -> list[tuple[int, dict[str, Any]]]:
        """The chunks that carry usage, with their event numbers."""
        return [(at, chunk) for at, chunk in self.chunks if isinstance(chunk.get("usage"), dict)]

    @property
    def usage(self) -> dict[str, Any]:
        """The last usage sent, empty where there is none."""
        usage: dict[str, Any] = self.usages[-1][1]["usage"] if self.usages else {}
        return usage

    @property
    def asks_usage(self) -> bool:
        """Whether `stream_options.include_usage` is true."""
        options = self.asked.get("stream_options")
        return isinstance(options, dict) and options.get("include_usage") is True

    def distinct(self, key: str) -> list[tuple[int, Any]]:
        """Return each value that *key* takes over the chunks, with the event where it first does."""
        seen: dict[Any, tuple[int, Any]] = {}
        for at, chunk in self.chunks:
            value = chunk.get(key, ABSENT)
            seen.setdefault(repr(value) if isinstance(value, dict | list) else value, (at, value))
        return list(seen.values())

    @cached_property
    def departures(self) -> tuple[tuple[int, shapes.Departure], ...]:
        """Where chunks do not fit the SDK's type, with their event numbers; the first of each kind."""
        found = shapes.chat_chunks([chunk for _, chunk in self.chunks])
        return tuple((self.chunks[int(each.path[0])][0], each.below()) for each in found if each.path)


def _is_note(chunk: dict[str, Any]) -> bool:
    """Whether a chunk only says what Azure's filters found: it comes before the answer, without id and model."""
    return "prompt_filter_results" in chunk and not chunk.get("choices")


def _is_expiry(delta: Any) -> bool:
    """Whether a delta only says until when the audio is kept: it comes last, and has no finish_reason."""
    return isinstance(delta, dict) and isinstance(delta.get("audio"), dict) and set(delta["audio"]) == {"expires_at"}


def _add(choice: StreamedChoice, at: int, sent: dict[str, Any]) -> None:
    delta = sent.get("delta")
    if _is_expiry(delta):
        return
    choice.seen.append(at)
    reason = sent.get("finish_reason")
    if reason is not None:
        choice.finishes.append((at, reason))
    elif isinstance(sent.get("finish_details"), dict):  # gpt-4-vision-preview, in 2023
        choice.finishes.append((at, None))
    elif "finish_reason" not in sent:
        choice.without_finish_key.append(at)
    if not isinstance(delta, dict):
        choice.without_delta.append(at)
        return
    if choice.first_delta is None:
        choice.first_delta = delta
    if delta.get("role") is not None:
        choice.roles.append((at, delta["role"]))
    if delta.get("tool_calls") or delta.get("function_call"):
        choice.has_calls = True
        choice.last_piece = at
    if isinstance(delta.get("content"), str) and delta["content"]:
        choice.pieces.append(delta["content"])
        choice.last_piece = at


@read_once
def chat_stream(exchange: Exchange) -> ChatStream | None:
    """Read a chat completion sent as a stream."""
    whole = chat_answer(exchange)
    if whole is None or not whole.response.ok or not whole.response.is_stream or not whole.response.content:
        return None
    return ChatStream(exchange, whole.response, tuple(event.data for event in whole.response.stream.events))


def usage_stream(exchange: Exchange) -> ChatStream | None:
    """Read a whole chat stream that was asked for its usage."""
    stream = chat_stream(exchange)
    return stream if stream and stream.asks_usage and ended(stream) else None


def ended(stream: ChatStream) -> bool:
    """Whether the stream came to its end: a finish_reason or `[DONE]`, and no error."""
    finished = any(choice.finishes for choice in stream.choices.values())
    return not stream.errors and (finished or bool(stream.done))
