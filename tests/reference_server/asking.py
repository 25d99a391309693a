"""Builders of requests, and ways to put them to an app without a socket."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import httpx2
from starlette.types import ASGIApp

from reference_server import settings as configuration
from reference_server.app import create_app
from reference_server.engines.delta import Delta
from reference_server.engines.synthetic import SyntheticEngine
from reference_server.protocol.chat_request import ChatRequest, Message
from reference_server.settings import Key, Settings

Json = dict[str, Any]
CHAT = "/v1/chat/completions"
NOW = 1_795_000_000.0
NO_HEADERS: Mapping[str, str] = {}


def chat(content: Any = "Hello", **changes: Any) -> Json:
    """A chat request; a change to None takes the key away."""
    asked = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": content}], **changes}
    return {key: value for key, value in asked.items() if value is not None}


def body(asked: Any) -> bytes:
    return json.dumps(asked).encode()


def app(flaw: str | None = None, *, keys: tuple[str, ...] = (), **settings: Any) -> ASGIApp:
    """A server with a still clock and a seeded entropy."""
    held = tuple(Key.model_validate({"value": key}) for key in keys)
    return create_app(Settings(keys=held, **settings), clock=lambda: NOW, entropy=Random(7), flaw=flaw)


def ask(
    server: ASGIApp, method: str, path: str, headers: Mapping[str, str] = NO_HEADERS, **rest: Any
) -> httpx2.Response:
    """One request, one whole response."""

    async def send() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=server)
        async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.request(method, path, headers=dict(headers), **rest)

    return asyncio.run(send())


def post(server: ASGIApp, asked: Json, headers: Mapping[str, str] = NO_HEADERS) -> httpx2.Response:
    return ask(server, "POST", CHAT, headers, json=asked)


def events(response: httpx2.Response) -> list[str]:
    """The data of each event of a stream."""
    blocks = response.text.split("\n\n")
    assert blocks.pop() == ""
    return [block.removeprefix("data: ") for block in blocks]


def chunks(response: httpx2.Response) -> Iterator[Json]:
    """The chunks of a stream, without its [DONE]."""
    *data, done = events(response)
    assert done == "[DONE]"
    return map(json.loads, data)


def error(response: httpx2.Response) -> Json:
    envelope: Json = response.json()
    assert set(envelope) == {"error"}
    assert set(envelope["error"]) == {"message", "type", "param", "code"}
    return dict(envelope["error"])


def generated(
    content: str = "Hello", *, entropy: int = 1, engine: configuration.SyntheticEngine | None = None, **changes: Any
) -> list[Delta]:
    """Everything the synthetic engine says to one message."""
    request = ChatRequest(model="m", messages=(Message("user", content),), **changes)
    source = SyntheticEngine(engine or configuration.SyntheticEngine(name="base"), Random(entropy))

    async def collect() -> list[Delta]:
        return [delta async for delta in source.generate(request)]

    return asyncio.run(collect())
