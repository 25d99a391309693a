"""Limits under 200 clients of four worker processes, over a real Redis."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import IO

from reference_server.limits import MemoryLimiter, Quota, SharedLimiter, Verdict
from reference_server.redis_link import RedisLink
from tests.redis_server import redis_server
from tests.reference_server.holding_worker import ONE, SUBJECT
from tests.reference_server.limit_worker import AT_A_TIME, IN_A_MINUTE, NOW, TOKENS

WORKERS, CLIENTS, ROUNDS = 4, 50, 6


def test_200_clients_of_four_workers_are_let_in_exactly_to_the_limit() -> None:
    with redis_server() as server:
        workers = [worker("limit_worker", server.url, f"{name}", f"{CLIENTS}", f"{ROUNDS}") for name in range(WORKERS)]
        assert [line(each.stdout) for each in workers] == ["ready\n"] * WORKERS
        for each in workers:
            assert each.stdin
            each.stdin.write("go\n")
            each.stdin.flush()
        outputs = [json.loads(each.communicate()[0]) for each in workers]
        left = asyncio.run(running(server.url))
    assert sum(output["requests"] for output in outputs) == IN_A_MINUTE.requests
    assert sum(output["tokens"] for output in outputs) == (IN_A_MINUTE.tokens or 0) // TOKENS
    assert max(output["most"] for output in outputs) == AT_A_TIME.concurrency
    assert left == 0


def test_the_place_of_a_killed_worker_is_free_again_when_its_lease_has_run_out() -> None:
    with redis_server() as server:
        killed = worker("holding_worker", server.url)
        assert line(killed.stdout) == "holding\n"
        refused, granted = asyncio.run(before_and_after(server.url, killed))
    assert refused.lacking == "concurrency"
    assert granted.reservation


def worker(name: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"tests.reference_server.{name}", *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line(stream: IO[str] | None) -> str:
    assert stream
    return stream.readline()


@asynccontextmanager
async def limiting(url: str, clock: Callable[[], float] | None) -> AsyncIterator[SharedLimiter]:
    link = RedisLink(url, budget=20)
    limiter = SharedLimiter(link, MemoryLimiter(lambda: NOW), "here", clock=clock)
    yield limiter
    await limiter.close()
    await link.close()


async def running(url: str) -> int:
    """Return how many run at a time."""
    async with limiting(url, lambda: NOW) as limiter:
        return (await limiter.reserve("at a time", Quota(concurrency=0), 0)).running


async def before_and_after(url: str, holder: subprocess.Popen[str]) -> tuple[Verdict, Verdict]:
    """Return what is decided while a worker holds the only place, and once it is killed and its lease has run out."""
    async with limiting(url, None) as limiter, asyncio.timeout(60):
        refused = await limiter.reserve(SUBJECT, ONE, 0)
        with holder:
            holder.kill()
        while (granted := await limiter.reserve(SUBJECT, ONE, 0)).lacking:
            await asyncio.sleep(0.05)
        return refused, granted
