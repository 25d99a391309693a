"""Flaws of the transport: sockets, encodings, headers."""

import asyncio
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.flaws.canned import refuse
from reference_server.flaws.events import Event, finishes
from reference_server.flaws.kinds import after, answer, asked, stream, wire
from reference_server.flaws.messages import Json, Reply, Request, read_request, without
from reference_server.flaws.relay import replay

LINGERS = 20.0  # seconds that generation goes on after the client has left: longer than a run of the suite
PAUSE = 0.01  # seconds after each event: even the fastest stream must notice who leaves early
MEBIBYTE = b" " * 2**20
BOMB_MEBIBYTES = 2048
BOMB_CRC = 0x51CDE36F  # CRC-32 of 2 GiB of blanks


def carries_user(request: Request) -> bool:
    """A chat request with the documented field `user`."""
    return request.is_chat and "user" in request.json


@wire("transport.responds")
async def hang(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A chat request that carries `seed` is never answered."""
    request = await read_request(scope, receive)
    if request.is_chat and "seed" in request.json:
        await _departure(receive)
    else:
        await app(scope, replay(request.body, receive), send)


@after("transport.body-complete")
def reset_midway(request: Request, reply: Reply) -> Reply:
    """The connection breaks in the middle of the body where a chat request carries `user`."""
    return replace(reply, whole=False) if reply.answers(request) and carries_user(request) else reply


@stream("transport.bounded", when=carries_user)
def endless_stream(event: Event, before: Sequence[Event]) -> Iterator[Event]:
    """A stream whose request carries `user` never ends: its last delta comes for ever."""
    while finishes(event):
        yield before[-1]
    yield event


@after("transport.encoding")
def gzip_bomb(request: Request, reply: Reply) -> Reply:
    """The list of models is preceded by 2 GiB of blanks, all in 2 MB of gzip."""
    if not request.lists_models or reply.status != 200:
        return reply
    return replace(reply.with_header("content-encoding", "gzip"), body=_bomb(reply.body))


@after("transport.encoding")
def gzip_corrupt(request: Request, reply: Reply) -> Reply:
    """The list of models says it is gzip, and does not unpack."""
    if not request.lists_models or reply.status != 200:
        return reply
    packed = zlib.compress(reply.body, wbits=31)
    return replace(reply.with_header("content-encoding", "gzip"), body=packed[:10] + packed[10:][::-1])


@after("transport.content-type")
def stream_content_type_plain(_: Request, reply: Reply) -> Reply:
    """The Content-Type of a stream is text/plain."""
    return reply.with_header("content-type", "text/plain; charset=utf-8") if reply.streams else reply


@after("transport.content-type")
def json_content_type_html(request: Request, reply: Reply) -> Reply:
    """The Content-Type of a chat answer is text/html."""
    return reply.with_header("content-type", "text/html; charset=utf-8") if reply.answers(request) else reply


@asked("transport.stream-as-asked")
def stream_ignored(asked: Json) -> None:
    """A request for a stream is answered in one body."""
    if asked.get("stream") is True:
        del asked["stream"]
        asked.pop("stream_options", None)


@asked("transport.stream-as-asked")
def stream_by_default(asked: Json) -> None:
    """A request that does not say `stream` is answered by a stream."""
    if "stream_options" not in asked:
        asked.setdefault("stream", True)


@answer("transport.json-strict")
def json_nan(answer: Json) -> None:
    """A chat answer has one more field, whose value is NaN."""
    answer["score"] = float("nan")


@after("transport.json-strict")
def json_deep(request: Request, reply: Reply) -> Reply:
    """A chat answer has one more field, 10,000 levels deep."""
    deep = b'{"trace":' + b"[" * 10_000 + b"]" * 10_000 + b","
    return replace(reply, body=reply.body.replace(b"{", deep, 1)) if reply.answers(request) else reply


@after("transport.redirect")
def redirect(request: Request, reply: Reply) -> Reply:
    """GET /models is redirected to another host."""
    if not request.lists_models or reply.status != 200:
        return reply
    return replace(reply, status=307, body=b"").with_header("location", "https://models.example/v1/models")


@after("transport.cors-preflight")
def no_cors(request: Request, reply: Reply) -> Reply:
    """OPTIONS is refused, and no reply has a CORS header."""
    cors = [name.decode().lower() for name, _ in reply.headers if name.lower().startswith(b"access-control-")]
    plain = replace(reply, headers=without(reply.headers, *cors))
    refusal = refuse(405, "Not allowed to OPTIONS on this path.")
    return plain.with_json(refusal.json, status=405) if request.method == "OPTIONS" else plain


@wire("transport.cancel-on-disconnect")
async def runs_on(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Generation of a stream goes on for twenty seconds after the client has left."""
    request = await read_request(scope, receive)
    left = asyncio.create_task(_departure(receive))
    lingered = False

    async def send_or_linger(message: Message) -> None:
        nonlocal lingered
        at_end = message["type"] == "http.response.body" and not message.get("more_body")
        # A client that has everything leaves nothing behind.
        if at_end and not left.done():
            lingered = True
        if not left.done():
            await send(message)
            await asyncio.wait({left}, timeout=PAUSE * max(message.get("body", b"").count(b"\n\n"), 1))
        if left.done() and not lingered:
            lingered = True
            await asyncio.sleep(LINGERS)

    try:
        await app(scope, replay(request.body, _never), send_or_linger)
    finally:
        left.cancel()


@after("transport.request-id")
def no_request_id(_: Request, reply: Reply) -> Reply:
    """No reply has an x-request-id."""
    return replace(reply, headers=without(reply.headers, "x-request-id"))


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _never() -> Message:
    return await asyncio.Future()


def _bomb(tail: bytes) -> bytes:
    """A gzip file that unpacks to 2 GiB of blanks, then `tail`."""
    pack = zlib.compressobj(level=9, wbits=-15)
    blanks = pack.compress(MEBIBYTE) + pack.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compress(tail, wbits=-15)
    checksum = zlib.crc32(tail, BOMB_CRC).to_bytes(4, "little")
    length = (len(MEBIBYTE) * BOMB_MEBIBYTES + len(tail)).to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + blanks * BOMB_MEBIBYTES + end + checksum + length
