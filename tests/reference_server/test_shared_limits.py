"""Limits of the whole server: 200 clients at once, four worker processes, one Redis."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.probe import hostile
from tests.probe.hostile import Reader, Writer
from tests.redis_server import redis_server
from tests.reference_server.asking import Json, chat, error
from tests.reference_server.test_cli import started
from tests.reference_server.upstreams import as_json

CLIENTS, WORKERS = 200, 4
LIMITED, FREE = "sk-limited-0123456789", "sk-free-0123456789"
ANSWER = {"id": "x", "object": "chat.completion", "model": "m", "choices": [], "usage": {}}
Figures = Callable[[str, object], None]


class Busy:
    """An upstream that knows how many requests with the limited key it serves at once; it answers from *crowd* on."""

    def __init__(self, crowd: int) -> None:
        self.running = self.most = self.served = 0
        self._crowd, self._is_crowded = crowd, asyncio.Event()

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        counted = LIMITED[:10].encode() in await hostile.asked(reader)
        self.running += counted
        self.most = max(self.most, self.running)
        if self.running >= self._crowd:
            self._is_crowded.set()
        await asyncio.wait_for(self._is_crowded.wait(), 50)
        await asyncio.sleep(0.2)
        self.running -= counted
        self.served += counted
        writer.write(as_json(ANSWER, b"200 OK", b"connection: close"))
        await writer.drain()


def configured(folder: Path, redis: str, upstream: str, **limits: int) -> str:
    config = folder / "a.yaml"
    settings = {
        "engines": [{"name": "base", "type": "openai", "base_url": upstream}],
        "routes": [{"pattern": ".*"}],
        "keys": [{"name": "limited", "env": "LIMITED", **limits}, {"name": "free", "env": "FREE"}],
        "max_concurrent_requests": 1000,
        "request_timeout": "60s",
        "health_check": None,
        # Eight processes share the cores with Redis: what it takes is no sign that it is away.
        "cache": {"redis": {"url": redis, "timeout": "20s"}},
    }
    config.write_text(json.dumps(settings))
    return str(config)


@asynccontextmanager
async def asking(base: str) -> AsyncIterator[Callable[[str], Any]]:
    """Ask, each request on a connection of its own, so that all workers are met."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx2.AsyncClient(base_url=base, limits=limits, timeout=60) as client:

        async def ask(key: str) -> httpx2.Response:
            headers = {"authorization": f"Bearer {key}"}
            return await client.post("/chat/completions", json=chat(max_tokens=40, user=key[:10]), headers=headers)

        yield ask


async def rush(base: str) -> tuple[list[httpx2.Response], list[httpx2.Response]]:
    """All clients at once, with the limited key; and some with the other one in their midst."""
    async with asking(base) as ask:
        limited = [asyncio.create_task(ask(LIMITED)) for _ in range(CLIENTS)]
        free = [asyncio.create_task(ask(FREE)) for _ in range(20)]
        return list(await asyncio.gather(*limited)), list(await asyncio.gather(*free))


def rushed(folder: Path, **limits: int) -> tuple[list[httpx2.Response], list[httpx2.Response], Busy]:
    """Return what the limited key got, what the free one got, and what the upstream saw."""
    upstream = Busy(crowd=limits.get("concurrency", 1))

    async def scenario() -> tuple[list[httpx2.Response], list[httpx2.Response]]:
        async with hostile.serving(upstream) as address:
            config = configured(folder, redis.url, address, **limits)
            options = ("--config", config, "--workers", str(WORKERS))
            # Starting takes seconds, in which nobody asks the upstream anything.
            with started(*options, LIMITED=LIMITED, FREE=FREE) as (_, base):
                return await rush(base)

    with redis_server() as redis:
        limited, free = asyncio.run(scenario())
    return limited, free, upstream


def refused(responses: list[httpx2.Response]) -> list[Mapping[str, str]]:
    """Return the headers of those that were refused; each as OpenAI would refuse it."""
    found = [each for each in responses if each.status_code != 200]
    assert {each.status_code for each in found} <= {429}
    told: list[Json] = [error(each) for each in found]
    assert {each["code"] for each in told} <= {"rate_limit_exceeded"}
    assert all(int(each.headers["retry-after-ms"]) > 0 for each in found)
    return [each.headers for each in found]


def test_requests_a_minute_hold_exactly(tmp_path: Path, record_property: Figures) -> None:
    limited, free, upstream = rushed(tmp_path, rpm=120)
    headers = refused(limited)
    assert (len(limited) - len(headers), upstream.served) == (120, 120)
    assert {each["x-ratelimit-remaining-requests"] for each in headers} == {"0"}
    assert {each.status_code for each in free} == {200}
    record_property("limit of 120 requests, 200 clients, 4 workers", f"{upstream.served} let in")


def test_tokens_a_minute_hold_exactly(tmp_path: Path, record_property: Figures) -> None:
    # The upstream does not say what it spent: what was reserved, the prompt's estimate and 40 of answer, stands.
    size = len(json.dumps(chat(max_tokens=40, user=LIMITED[:10]), separators=(",", ":")).encode())
    reserved = size // 4 + 1 + 40
    limited, free, _ = rushed(tmp_path, tpm=70 * reserved + 1)
    assert len(limited) - len(refused(limited)) == 70
    assert {each.status_code for each in free} == {200}
    record_property("limit of 70 requests' tokens, 200 clients, 4 workers", "70 let in")


def test_requests_at_a_time_hold_exactly(tmp_path: Path, record_property: Figures) -> None:
    limited, free, upstream = rushed(tmp_path, concurrency=30)
    let_in = len(limited) - len(refused(limited))
    assert let_in >= 30
    assert upstream.most == 30
    assert {each.status_code for each in free} == {200}
    record_property("limit of 30 at a time, 200 clients, 4 workers", f"{upstream.most} at most")
