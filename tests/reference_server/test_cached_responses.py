"""Whole responses, kept for a few minutes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.caching import MemoryValues, RedisValues, ResponseCache, Values, repeatable, response_key
from reference_server.caching.recording import Recording
from reference_server.redis_link import RedisLink
from tests.redis_server import redis_server

STREAM = (b'data: {"a":1}\n\n', b'data: {"b":', b"2}\n\n", b"data: [DONE]\n\n")
KEY = response_key("key-1", "/chat/completions", {"model": "m", "seed": 1})


class Streamed:
    """A response of server-sent events; counts how often it is sent."""

    def __init__(self, chunks: Sequence[bytes] = STREAM, *, status: int = 200, fails: bool = False) -> None:
        self.chunks = chunks
        self.status = status
        self.fails = fails
        self.sent = 0

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.sent += 1
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        for chunk in self.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if self.fails:
            raise ConnectionError
        await send({"type": "http.response.body", "body": b""})


async def messages(app: ASGIApp) -> list[Message]:
    """Return all that an app sends."""
    sent = list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError

    await app({"type": "http"}, receive, send)
    return sent


async def answered(cache: ResponseCache, app: ASGIApp, key: str = KEY, asking: str = "") -> tuple[str, list[bytes]]:
    """Return what `x-cache` says, and the chunks."""
    answer, outcome = await cache.answer(key, asking, app)
    _, *bodies = await messages(answer)
    await cache.written()
    return outcome or "", [body.get("body", b"") for body in bodies]


def kept_in_memory() -> Values:
    return MemoryValues(10_000_000, 300, lambda: 0.0)


def twice(app: ASGIApp, cache: ResponseCache | None = None, **second: str) -> tuple[list[str], list[list[bytes]]]:
    """Ask twice; return both outcomes and both bodies."""

    async def scenario() -> list[tuple[str, list[bytes]]]:
        here = cache or ResponseCache(kept_in_memory())
        return [await answered(here, app), await answered(here, app, **second)]

    outcomes, bodies = zip(*asyncio.run(scenario()), strict=True)
    return list(outcomes), list(bodies)


def test_a_stream_is_replayed_chunk_by_chunk() -> None:
    app = Streamed()
    outcomes, (first, second) = twice(app)
    assert outcomes == ["MISS", "HIT"]
    assert first == second == [*STREAM, b""]
    assert app.sent == 1


def test_a_body_is_replayed_with_its_headers() -> None:
    async def scenario() -> None:
        cache = ResponseCache(kept_in_memory())
        await answered(cache, JSONResponse({"a": 1}))
        start, body = await messages((await cache.answer(KEY, "", Streamed()))[0])
        assert start["headers"] == [(b"content-length", b"7"), (b"content-type", b"application/json")]
        assert body["body"] == b'{"a":1}'

    asyncio.run(scenario())


def test_another_key_has_responses_of_its_own() -> None:
    other = response_key("key-2", "/chat/completions", {"model": "m", "seed": 1})
    assert twice(Streamed(), key=other)[0] == ["MISS", "MISS"]


def test_no_cache_asks_for_a_new_response_which_is_kept() -> None:
    async def scenario() -> None:
        cache, new = ResponseCache(kept_in_memory()), (b"data: new\n\n", b"data: [DONE]\n\n")
        await answered(cache, Streamed())
        assert await answered(cache, Streamed(new), asking="max-age=0, No-Cache") == ("BYPASS", [*new, b""])
        assert await answered(cache, Streamed()) == ("HIT", [*new, b""])

    asyncio.run(scenario())


def test_no_store_leaves_nothing() -> None:
    async def scenario() -> None:
        cache = ResponseCache(kept_in_memory())
        assert (await answered(cache, Streamed(), asking="no-store"))[0] == ""
        assert (await answered(cache, Streamed()))[0] == "MISS"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "app",
    [
        Streamed(status=503),
        Streamed(STREAM[:-1]),
        Streamed((STREAM[0], b'data: {"error":{"message":"gone"}}\n\n', STREAM[-1])),
        JSONResponse({"error": {}}, 429),
    ],
    ids=["status", "cut short", "error in the stream", "refusal"],
)
def test_what_went_wrong_is_not_kept(app: ASGIApp) -> None:
    assert twice(app)[0] == ["MISS", "MISS"]


def test_a_stream_that_breaks_off_is_not_kept() -> None:
    async def scenario() -> None:
        cache = ResponseCache(kept_in_memory())
        with pytest.raises(ConnectionError):
            await answered(cache, Streamed(fails=True))
        assert (await answered(cache, Streamed()))[0] == "MISS"

    asyncio.run(scenario())


def test_a_large_response_is_not_kept() -> None:
    assert twice(Streamed(), ResponseCache(kept_in_memory(), largest=20))[0] == ["MISS", "MISS"]


def test_the_order_of_keys_makes_no_difference() -> None:
    assert response_key("k", "/p", {"a": 1, "b": {"c": 2, "d": 3}}) == response_key(
        "k", "/p", {"b": {"d": 3, "c": 2}, "a": 1}
    )


@pytest.mark.parametrize(
    ("body", "same"),
    [
        ({"seed": 0}, True),
        ({"temperature": 0}, True),
        ({"temperature": 0.0, "seed": None}, True),
        ({}, False),
        ({"temperature": 1}, False),
        ({"temperature": 0, "store": True}, False),
    ],
)
def test_who_asks_for_the_same_answer_says_so(body: dict[str, Any], same: bool) -> None:  # noqa: FBT001
    assert repeatable(body) is same


@settings(deadline=None)
@given(st.lists(st.binary(max_size=30), min_size=1), st.binary(max_size=10))
def test_recordings_survive_being_kept(chunks: list[bytes], value: bytes) -> None:
    recording = Recording(((b"x-any", value),), tuple(chunks))
    assert Recording.from_bytes(recording.to_bytes()) == recording


@asynccontextmanager
async def in_redis(url: str, lasting: float = 300) -> AsyncIterator[ResponseCache]:
    link = RedisLink(url, budget=20, pause=0.01)
    yield ResponseCache(RedisValues(link, "responses", lasting))
    await link.close()


def test_another_worker_finds_what_is_kept_in_redis() -> None:
    async def scenario(url: str) -> None:
        async with in_redis(url) as one, in_redis(url) as other:
            assert await answered(one, Streamed()) == ("MISS", [*STREAM, b""])
            assert await answered(other, Streamed()) == ("HIT", [*STREAM, b""])

    with redis_server() as server:
        asyncio.run(scenario(server.url))


def test_what_redis_keeps_runs_out() -> None:
    async def scenario(url: str) -> None:
        async with in_redis(url, lasting=0.02) as cache, asyncio.timeout(30):
            await answered(cache, Streamed())
            while (await answered(cache, Streamed()))[0] == "HIT":
                await asyncio.sleep(0.05)

    with redis_server() as server:
        asyncio.run(scenario(server.url))


def test_without_redis_every_response_is_made() -> None:
    async def scenario(url: str) -> None:
        async with in_redis(url) as cache:
            assert (await answered(cache, Streamed()))[0] == "MISS"
            assert (await answered(cache, Streamed()))[0] == "MISS"

    with redis_server() as server:
        server.kill()
        asyncio.run(scenario(server.url))
