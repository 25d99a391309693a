"""Servers that behave badly on purpose, on real sockets."""

import asyncio
import gzip
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Behaviour = Callable[[Reader, Writer], Awaitable[None]]

PIECE: Final = 64 * 1024
STREAM_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncIterator[str]:
    """Serve connections with *behaviour*, one after the other or together; yields the base URL."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            await behaviour(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)


async def asked(reader: Reader) -> bytes:
    """Read one request and return it, head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(int(length[0]) if length else 0)


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK", length: int | None = None) -> bytes:
    """Build a whole response; *length* overrides the Content-Length it declares."""
    declared = b"content-length: %d" % (len(body) if length is None else length)
    return b"\r\n".join((b"HTTP/1.1 " + status, declared, *headers, b"", body))


def saying(*pieces: bytes) -> Behaviour:
    """Answer every request with the same bytes, piece after piece, then close."""

    async def behave(reader: Reader, writer: Writer) -> None:
        await asked(reader)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return behave


def keeping(*responses: bytes) -> Behaviour:
    """Answer the requests on one connection with *responses*, in turn, then close without a word."""

    async def behave(reader: Reader, writer: Writer) -> None:
        for response in responses:
            await asked(reader)
            writer.write(response)
            await writer.drain()

    return behave


def answering_once(response: bytes) -> Behaviour:
    """Answer the very first request; close every connection at each one after it."""
    left = [response]

    async def behave(reader: Reader, writer: Writer) -> None:
        await asked(reader)
        if left:
            writer.write(left.pop())
            await asked(reader)

    return behave


def blurting(start: bytes) -> Behaviour:
    """Say *start* without being asked, then close."""

    async def behave(_reader: Reader, writer: Writer) -> None:
        writer.write(start)
        await writer.drain()

    return behave


def repeating(start: bytes, piece: bytes, *, pause: float = 0.0) -> Behaviour:
    """Say *start*, and then *piece* for ever."""

    async def behave(reader: Reader, writer: Writer) -> None:
        await asked(reader)
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


def hanging_after(start: bytes) -> Behaviour:
    """Say *start*, then nothing more, and keep the connection open."""

    async def behave(reader: Reader, writer: Writer) -> None:
        await asked(reader)
        writer.write(start)
        await writer.drain()
        await asyncio.Event().wait()

    return behave


def resetting_after(start: bytes) -> Behaviour:
    """Say *start*, then reset the connection."""

    async def behave(reader: Reader, writer: Writer) -> None:
        await asked(reader)
        writer.write(start)
        await writer.drain()
        # The reset would overtake what the other side has not read yet.
        await asyncio.sleep(0.05)
        opened = writer.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return behave


async def never_reading(_reader: Reader, _writer: Writer) -> None:
    """Accept the connection and do nothing at all."""
    await asyncio.Event().wait()


def gzip_bomb(size: int) -> bytes:
    """Zeros, *size* of them, compressed."""
    return gzip.compress(bytes(size), 9)


@dataclass
class Witness:
    """Answers with an endless stream and notices when the client leaves; *requests* are what it was sent."""

    requests: list[bytes]
    gone: asyncio.Event

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        """Stream until the client is gone."""
        self.requests.append(await asked(reader))
        try:
            writer.write(STREAM_HEAD)
            while not reader.at_eof():
                writer.write(b'data: {"a":1}\n\n')
                await writer.drain()
                await asyncio.sleep(0.005)
        finally:
            self.gone.set()
