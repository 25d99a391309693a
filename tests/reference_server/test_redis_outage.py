"""The whole server while its Redis is killed, hangs, or never was."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import httpx2

from tests.redis_server import RedisServer, free_port, redis_server
from tests.reference_server.asking import chat
from tests.reference_server.test_cli import started

KEY = "sk-shop-0123456789"
CLIENTS = 8
Figures = Callable[[str, object], None]


@contextmanager
def serving(folder: Path, redis: str) -> Iterator[tuple[str, Path]]:
    """A server of two workers that uses Redis for all it can; gives its address and its log."""
    config = folder / "a.yaml"
    cache = {"redis": {"url": redis}, "responses": {"ttl": "5m"}, "embeddings": {"ttl": "1h"}}
    keys = [{"name": "shop", "env": "KEY", "rpm": 100_000, "tpm": 100_000_000, "concurrency": 100}]
    config.write_text(json.dumps({"keys": keys, "cache": cache, "log_level": "warning", "log_format": "text"}))
    with started("--config", str(config), "--workers", "2", KEY=KEY) as (process, base):
        yield base, folder / "log"
        process.terminate()
        assert process.stderr
        (folder / "log").write_text(process.stderr.read())


class Load:
    """Clients that ask for answers, kept ones and vectors without a pause; how long each took, and what came."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self.statuses: list[int] = []
        self.seconds: list[float] = []
        self.outcomes: list[str] = []

    async def run(self, ended: asyncio.Event, number: int) -> None:
        asked = [
            ("/chat/completions", chat(f"Hello {number}", max_tokens=3)),
            ("/chat/completions", chat("Hello", seed=1, max_tokens=3)),
            ("/embeddings", {"model": "text-embedding-3-small", "input": ["a", "b"], "dimensions": 8}),
        ]
        while not ended.is_set():
            for path, body in asked:
                began = monotonic()
                response = await self._client.post(path, json=body)
                self.seconds.append(monotonic() - began)
                self.statuses.append(response.status_code)
                self.outcomes.append(response.headers.get("x-cache", ""))

    async def more(self, count: int) -> list[str]:
        """Wait for so many more answers; return what their `x-cache` said."""
        so_far = len(self.statuses)
        while len(self.statuses) < so_far + count:
            await asyncio.sleep(0.01)
        return self.outcomes[so_far:]

    async def until(self, outcome: str) -> None:
        """Wait for an answer of which `x-cache` says so."""
        while outcome not in await self.more(1):
            pass


def loaded(base: str, story: Callable[[Load], Awaitable[None]]) -> Load:
    """Tell a story while clients ask; return what they got."""

    async def scenario() -> Load:
        headers = {"authorization": f"Bearer {KEY}"}
        async with httpx2.AsyncClient(base_url=base, headers=headers, timeout=60) as client:
            load, ended = Load(client), asyncio.Event()
            async with asyncio.timeout(120), asyncio.TaskGroup() as group:
                for number in range(CLIENTS):
                    group.create_task(load.run(ended, number))
                await story(load)
                ended.set()
            return load

    return asyncio.run(scenario())


def outage(folder: Path, story: Callable[[RedisServer, Load], Awaitable[None]]) -> tuple[Load, str]:
    """Tell a story of a Redis under load; return what clients got, and the log."""
    with redis_server() as redis:
        with serving(folder, redis.url) as (base, log):
            load = loaded(base, lambda load: story(redis, load))
        return load, log.read_text()


def told(load: Load) -> str:
    ordered = sorted(load.seconds)
    return (
        f"{len(ordered)} requests, 0 failed; median {1000 * ordered[len(ordered) // 2]:.0f} ms, "
        f"slowest {1000 * ordered[-1]:.0f} ms"
    )


def test_a_redis_that_is_killed_costs_no_request(tmp_path: Path, record_property: Figures) -> None:
    async def story(redis: RedisServer, load: Load) -> None:
        await load.until("HIT")
        redis.kill()
        await load.more(60)
        redis.start_again()
        await load.until("HIT")

    load, log = outage(tmp_path, story)
    assert set(load.statuses) == {200}
    # Once a worker and outage, whatever else the machine makes slow.
    assert log.count("Redis is away") <= log.count("Redis is back") + 2
    assert log.count("Redis is back") >= 1
    record_property("Redis killed and started again under load", told(load))


def test_a_redis_that_hangs_costs_no_request(tmp_path: Path, record_property: Figures) -> None:
    async def story(redis: RedisServer, load: Load) -> None:
        await load.until("HIT")
        with redis.frozen():
            await load.more(60)
        await load.until("HIT")

    load, log = outage(tmp_path, story)
    assert set(load.statuses) == {200}
    assert 1 <= log.count("Redis is away") <= log.count("Redis is back") + 2
    record_property("Redis frozen under load", told(load))


def test_a_redis_that_never_was_is_waited_for_by_nobody(tmp_path: Path, record_property: Figures) -> None:
    async def story(load: Load) -> None:
        await load.more(60)

    with serving(tmp_path, f"redis://127.0.0.1:{free_port()}") as (base, log):
        load = loaded(base, story)
    assert set(load.statuses) == {200}
    assert set(load.outcomes) <= {"", "MISS"}
    assert log.read_text().count("Redis is away") in (1, 2)
    record_property("No Redis from the start", told(load))
