"""Small servers on a real socket that answer chat completions, well or oddly."""

import asyncio
import json
import re
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

HOST = "127.0.0.1"
TOKEN = re.compile(r"cz[0-9a-f]{18}")
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


@dataclass
class Call:
    """One request that came, by its number; answers go to its writer."""

    number: int
    body: dict[str, Any]
    writer: asyncio.StreamWriter
    server: "Server"

    @property
    def canary(self) -> str:
        """What it wants repeated."""
        found = TOKEN.search(json.dumps(self.body))
        return found[0] if found else ""

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


@dataclass
class Server:
    """What it saw; *connections* are those open now."""

    port: int = 0
    calls: int = 0
    connections: int = 0
    in_flight: int = 0
    seen: list[Any] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.port}/v1"


Behaviour = Callable[[Call], Awaitable[None]]


@contextmanager
def serving(behave: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free port, from a thread, for as long as the block lasts."""
    loop, server = asyncio.new_event_loop(), Server()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _serve(reader, writer, behave, server)
        finally:
            server.connections -= 1
            writer.close()

    listening = loop.run_until_complete(asyncio.start_server(accept, HOST, 0, ssl=tls, backlog=1024))
    server.port = listening.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, behave: Behaviour, server: Server) -> None:
    while not writer.is_closing():
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        body = await reader.readexactly(int(length[1])) if length else b"{}"
        server.calls += 1
        server.in_flight += 1
        try:
            await behave(Call(server.calls, json.loads(body), writer, server))
        finally:
            server.in_flight -= 1


def chunk(data: bytes) -> bytes:
    """One piece of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def event(text: str, end: bytes = b"\n\n") -> bytes:
    """An event with a piece of content."""
    payload = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
    return b"data: " + json.dumps(payload).encode() + end


def closing(tokens: int, end: bytes = b"\n\n") -> bytes:
    """The last events of a stream: finish_reason, usage, `[DONE]`."""
    last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": tokens}}
    return b"".join(b"data: " + text.encode() + end for text in (json.dumps(last), json.dumps(usage), "[DONE]"))


async def stream(call: Call, words: list[str], *, first: float = 0.0, gap: float = 0.0, end: bytes = b"\n\n") -> None:
    """Answer with a stream of words, at a pace."""
    await asyncio.sleep(first)
    await call.send(HEAD + chunk(event(words[0], end)))
    for word in words[1:]:
        await asyncio.sleep(gap)
        await call.send(chunk(event(word, end)))
    await call.send(chunk(closing(len(words), end)) + b"0\r\n\r\n")


async def well(call: Call) -> None:
    """Answer as asked: the canary, and a few words."""
    await stream(call, [call.canary, " and", " so", " on"])
