"""Exchanges read as traffic: whole responses, event streams, JSON bodies."""

from dataclasses import dataclass

from cozecheck import sse
from cozecheck.contract.operations import api_path, operation
from cozecheck.exchange import Exchange, Response, read_once


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


def is_recorded(response: Response) -> bool:
    """Whether the response comes from a recording, which may be edited: those keep no HTTP version."""
    return not response.http_version


@read_once
def answer(exchange: Exchange) -> Answer | None:
    """Read a response that came whole."""
    response = exchange.response
    if exchange.left or exchange.failure or response is None:
        return None
    # Recorders keep the first chunk of a compressed body, mangle its bytes, or keep an encoding that we can't undo.
    spoilt = is_recorded(response) and response.decoded.fault
    return None if spoilt else Answer(exchange, response)


@read_once
def labelled(exchange: Exchange) -> Answer | None:
    """Read a response of the API with a body and headers."""
    whole = answer(exchange)
    if whole is None or not whole.response.content.strip() or not whole.response.headers or is_file(exchange):
        return None
    # Recorders that keep no Date keep a choice of headers: what is missing was sent.
    unknown = whole.response.media_type is None and is_recorded(whole.response)
    return None if unknown and not whole.response.headers.get("date") else whole


def is_file(exchange: Exchange) -> bool:
    """Whether a file was asked for: whatever it holds, it is not the API that says it."""
    return (api_path(exchange.request.path) or "").endswith("/content")


def is_json(media_type: str | None) -> bool:
    """Whether a Content-Type, without its parameters, names JSON."""
    return media_type is not None and (media_type == "application/json" or media_type.endswith("+json"))


@read_once
def json_body(exchange: Exchange) -> Answer | None:
    """Read a response with a JSON body."""
    whole = answer(exchange)
    if whole is None or whole.response.is_stream or whole.response.decoded.fault or is_file(exchange):
        return None
    declared = whole.response.media_type
    meant = operation(exchange.request) is not None if declared is None else is_json(declared)
    return whole if meant and whole.response.content.lstrip()[:1] in (b"{", b"[") else None


@read_once
def event_stream(exchange: Exchange) -> EventStream | None:
    """Read an event stream."""
    whole = answer(exchange)
    if whole is None or not whole.response.is_stream or not whole.response.content or is_file(exchange):
        return None
    stream = whole.response.stream
    return EventStream(exchange, whole.response, stream.events, stream.framing)


def timed_stream(exchange: Exchange) -> EventStream | None:
    """Read an event stream whose reads were timed."""
    stream = event_stream(exchange)
    return stream if stream and stream.response.reads else None
