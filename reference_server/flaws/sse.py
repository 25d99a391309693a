"""Flaws of the event stream as bytes."""

import zlib
from collections.abc import Iterator, Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.flaws.events import DONE, Event, speaks, write_event
from reference_server.flaws.kinds import stream, wire


@stream("sse.data-json")
def comment_as_data(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """A keep-alive comes as data, not as a comment."""
    yield event
    if not before:
        yield b"data: PING\n\n"


@stream("sse.utf8")
def stream_latin1(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """Text in a stream holds a raw byte of Latin-1."""
    yield write_event(event).replace(b'"content":"', b'"content":"\xe9') if speaks(event) else event


@stream("sse.fields")
def stray_line(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """A line of a stream is no field and no comment."""
    yield b"hello there\n" + write_event(event) if before else event


@stream("sse.line-style")
def sse_crlf(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """Lines of a stream end in CRLF, which is legal."""
    yield write_event(event).replace(b"\n", b"\r\n")


@stream("sse.line-style")
def sse_no_space(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """No space follows `data:`, which is legal."""
    yield write_event(event).replace(b"data: ", b"data:", 1)


@stream("sse.last-event-terminated")
def sse_unterminated(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """No blank line follows the last event."""
    yield event.removesuffix(b"\n") if event == DONE else event


@stream("sse.event-names")
def sse_named_events(event: Event, _: Sequence[Event]) -> Iterator[Event]:
    """Every event of a chat stream has a name."""
    yield b"event: completion\n" + write_event(event)


@wire("sse.incremental")
async def buffered(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A stream is held back, and sent in one piece at its end."""
    held: list[Message] = []

    async def hold(message: Message) -> None:
        held.append(message)

    await app(scope, receive, hold)
    head, *bodies = held
    await send(head)
    await send({"type": "http.response.body", "body": b"".join(message.get("body", b"") for message in bodies)})


@wire("sse.encoding")
async def gzip_stream(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A stream is compressed where the client accepts gzip, event by event."""
    pack = zlib.compressobj(wbits=31)
    streams = False

    async def compress(message: Message) -> None:
        nonlocal streams
        if message["type"] == "http.response.start":
            streams = Headers(raw=message["headers"]).get("content-type", "").startswith("text/event-stream")
            extra = [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")] if streams else []
            await send({**message, "headers": [*message["headers"], *extra]})
        elif streams:
            more = message.get("more_body", False)
            body = pack.compress(message.get("body", b"")) + pack.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)
            await send({**message, "body": body})
        else:
            await send(message)

    accepts = "gzip" in Headers(scope=scope).get("accept-encoding", "")
    await app(scope, receive, compress if accepts else send)
