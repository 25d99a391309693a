"""A server in front of an upstream that behaves as a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from reference_server.app import create_app
from reference_server.settings import OpenAIEngine, Route, Settings, Timeouts
from tests.probe import hostile
from tests.probe.hostile import Behaviour, Reader, Writer
from tests.reference_server.asking import CHAT, NO_HEADERS, Json, chat

HASTY = Timeouts(connect=5, first_token=5, idle=5, total=5)
ANY_MODEL = (Route(pattern=".*"),)
STREAM_HEAD = hostile.STREAM_HEAD
CHUNK = {"id": "chatcmpl-1", "model": "gpt-4o-mini", "choices": [{"index": 0, "delta": {"content": "Hi"}}]}
DONE = b"data: [DONE]\n\n"


def settings(base_url: str, timeouts: Timeouts = HASTY, routes: Sequence[Route] = ANY_MODEL, **rest: Any) -> Settings:
    engine = OpenAIEngine(name="base", type="openai", base_url=base_url, timeouts=timeouts, **rest)
    return Settings(engines=(engine,), routes=tuple(routes), health_check=None)


@asynccontextmanager
async def in_front_of(base_url: str, **rest: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a server whose one engine is at `base_url`."""
    server = create_app(settings(base_url, **rest))
    transport = httpx2.ASGITransport(app=server)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server", timeout=None) as client:
        yield client
    await server.close()


def through(
    behaviour: Behaviour,
    asked: Any = None,
    path: str = CHAT,
    headers: Mapping[str, Any] = NO_HEADERS,
    **rest: Any,
) -> httpx2.Response:
    """Put one request through a server to an upstream."""

    async def ask() -> httpx2.Response:
        async with hostile.serving(behaviour) as base_url, in_front_of(base_url, **rest) as client:
            return await client.post(path, json=asked or chat(), headers=dict(headers))

    return asyncio.run(ask())


class Listening:
    """An upstream that answers always the same, and keeps what it is asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.head = self.body = b""

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        self.head, _, self.body = (await hostile.asked(reader)).partition(b"\r\n\r\n")
        writer.write(self.answer)
        await writer.drain()

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode().lower().split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in lines)


def as_json(value: Json, status: bytes = b"200 OK", *headers: bytes) -> bytes:
    return hostile.answer(json.dumps(value).encode(), b"content-type: application/json", *headers, status=status)


def event(value: Json) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"
