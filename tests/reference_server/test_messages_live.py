"""Anthropic's streams on the way: they come as they are made, and end when the client leaves."""

import asyncio
from contextlib import suppress

from anthropic import AsyncAnthropic

from reference_server.app import create_app
from tests.probe import hostile
from tests.probe.hostile import Reader, Writer
from tests.reference_server.upstreams import CHUNK, DONE, STREAM_HEAD, event, settings
from tests.servers import running

PATIENCE = 30


def client(base_url: str) -> AsyncAnthropic:
    return AsyncAnthropic(base_url=base_url.removesuffix("/v1"), api_key="x", max_retries=0, timeout=PATIENCE)


def test_words_come_as_they_are_made() -> None:
    heard = asyncio.Event()

    async def step_by_step(reader: Reader, writer: Writer) -> None:
        await hostile.asked(reader)
        writer.write(STREAM_HEAD + event(CHUNK))
        await heard.wait()
        writer.write(event(CHUNK) + DONE)

    async def hear() -> list[str]:
        async with hostile.serving(step_by_step) as upstream:
            with running(create_app(settings(upstream))) as base_url:
                async with (
                    client(base_url) as it,
                    it.messages.stream(model="m", max_tokens=5, messages=[{"role": "user", "content": "Hi"}]) as stream,
                ):
                    words = []
                    async for word in stream.text_stream:
                        heard.set()
                        words.append(word)
                    return words

    assert asyncio.run(asyncio.wait_for(hear(), PATIENCE)) == ["Hi", "Hi"]


def test_a_client_that_leaves_ends_the_request_upstream() -> None:
    closed = asyncio.Event()

    async def until_closed(reader: Reader, writer: Writer) -> None:
        await hostile.asked(reader)
        writer.write(STREAM_HEAD + event(CHUNK))
        with suppress(ConnectionError):
            await reader.read()
        closed.set()

    async def leave() -> None:
        async with hostile.serving(until_closed) as upstream:
            with running(create_app(settings(upstream))) as base_url:
                async with (
                    client(base_url) as it,
                    it.messages.stream(model="m", max_tokens=5, messages=[{"role": "user", "content": "Hi"}]) as stream,
                ):
                    await anext(stream.text_stream)
                await asyncio.wait_for(closed.wait(), PATIENCE)

    asyncio.run(leave())
