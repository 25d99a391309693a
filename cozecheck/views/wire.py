"""Exchanges read as traffic: whole responses, event streams, JSON bodies."""

from dataclasses import dataclass

from cozecheck import sse
from cozecheck.exchange import Exchange, Response


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that came whole."""

    exchange: Exchange
    response: Response


@dataclass(frozen=True, slots=True)
class EventStream:
    """A response whose body is an event stream."""

    exchange: Exchange
    response: Response
    events: tuple[sse.Event, ...]
    framing: sse.Framing


def attempt(exchange: Exchange) -> Exchange | None:
    """Read an exchange that we did not break off ourselves."""
    return None if exchange.left else exchange


def answer(exchange: Exchange) -> Answer | None:
    """Read a response that came whole."""
    response = exchange.response
    if exchange.left or exchange.failure or response is None:
        return None
    # Recorders keep the first chunk of a compressed body, or nothing of a stream: what is missing was sent.
    recorder_cut = not response.http_version and response.decoded.is_cut
    return None if recorder_cut else Answer(exchange, response)


def labelled(exchange: Exchange) -> Answer | None:
    """Read a response with a body and headers."""
    whole = answer(exchange)
    return whole if whole and whole.response.content.strip() and whole.response.headers else None


def is_json(media_type: str | None) -> bool:
    """Whether a Content-Type, without its parameters, names JSON."""
    return media_type is not None and (media_type == "application/json" or media_type.endswith("+json"))


def json_body(exchange: Exchange) -> Answer | None:
    """Read a response with a JSON body."""
    whole = answer(exchange)
    if whole is None or whole.response.is_stream or whole.response.decoded.fault:
        return None
    if whole.response.media_type is not None and not is_json(whole.response.media_type):
        return None
    return whole if whole.response.content.lstrip()[:1] in (b"{", b"[") else None


def event_stream(exchange: Exchange) -> EventStream | None:
    """Read an event stream."""
    whole = answer(exchange)
    if whole is None or not whole.response.is_stream or not whole.response.content:
        return None
    stream = whole.response.stream
    return EventStream(exchange, whole.response, stream.events, stream.framing)


def timed_stream(exchange: Exchange) -> EventStream | None:
    """Read an event stream whose reads were timed."""
    stream = event_stream(exchange)
    return stream if stream and stream.response.reads else None
