"""Events of a chat stream: parsed chunks, or bytes as they are."""

from typing import TypeGuard

from reference_server.flaws.messages import Json, read_object, write_json

Event = Json | bytes
DONE = b"data: [DONE]\n\n"
_DATA = b"data: "


def read_event(block: bytes) -> Event:
    """The JSON object an event carries, else its bytes; `block` has no blank line at its end."""
    value = read_object(block.removeprefix(_DATA)) if block.startswith(_DATA) else None
    return block + b"\n\n" if value is None else value


def write_event(event: Event) -> bytes:
    """The event as bytes, its blank line included."""
    return event if isinstance(event, bytes) else _DATA + write_json(event) + b"\n\n"


def is_chunk(event: Event) -> TypeGuard[Json]:
    """A chat chunk, as against an error, a comment or [DONE]."""
    return isinstance(event, dict) and "choices" in event


def finishes(event: Event) -> TypeGuard[Json]:
    """A chunk that ends a choice."""
    return is_chunk(event) and any(choice["finish_reason"] for choice in event["choices"])


def speaks(event: Event) -> TypeGuard[Json]:
    """A chunk that carries text."""
    return is_chunk(event) and any(choice["delta"].get("content") for choice in event["choices"])


def counts(event: Event) -> TypeGuard[Json]:
    """The chunk with the usage."""
    return is_chunk(event) and not event["choices"] and bool(event.get("usage"))


def with_delta(chunk: Json, delta: Json) -> Json:
    """The chunk with another delta in its choice, which does not finish it."""
    return {**chunk, "choices": [{**chunk["choices"][0], "delta": delta, "finish_reason": None}]}
