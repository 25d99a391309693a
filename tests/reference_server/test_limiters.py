"""Limits in memory and in Redis: the same rules, the same answers."""

import asyncio
import random
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_server.errors import RateLimited
from reference_server.limits import Limiter, MemoryLimiter, Quota, Reservation, SharedLimiter, Verdict, held
from reference_server.limits.shared import text
from reference_server.redis_link import RedisLink
from tests.redis_server import RedisServer, redis_server

NOW = 1000.0
AMPLE = 20.0
SUBJECTS = count()
MOST = st.none() | st.integers(0, 6)
QUOTAS = st.builds(Quota, MOST, st.none() | st.integers(0, 40), MOST)
STEPS = st.lists(
    st.tuples(st.just("reserve"), st.floats(0, 30).map(lambda passed: round(passed, 3)), st.integers(0, 20))
    | st.tuples(st.just("settle"), st.integers(0, 9), st.integers(0, 30)),
    max_size=25,
)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def summary(verdict: Verdict) -> tuple[object, ...]:
    """Return a verdict in comparable numbers, its reservation left out."""
    asked, wanted = verdict.requests, verdict.tokens
    times = tuple(round(each, 3) for each in (asked.wait, asked.reset, wanted.wait, wanted.reset))
    return verdict.lacking, verdict.running, asked.used, wanted.used, times


async def play(
    limiter: Limiter, clock: Clock, subject: str, quota: Quota, steps: list[tuple[str, float, int]]
) -> object:
    """Return what a limiter decides, step by step."""
    open_now, seen = list[Reservation](), list[object]()
    for what, number, tokens in steps:
        if what == "settle" and open_now:
            await limiter.settle(open_now.pop(int(number) % len(open_now)), tokens)
        elif what == "reserve":
            clock.now += number
            verdict = await limiter.reserve(subject, quota, tokens)
            seen.append(summary(verdict))
            open_now += [verdict.reservation] if verdict.reservation else []
    return seen


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUOTAS, STEPS)
def test_redis_decides_as_memory_does(server: RedisServer, quota: Quota, steps: list[tuple[str, float, int]]) -> None:
    async def scenario() -> None:
        link, subject = RedisLink(server.url, budget=AMPLE), f"parity-{next(SUBJECTS)}"
        clock, same = Clock(), Clock()
        # Memory counts what runs even where nobody asks, and knows no lease: both are beside the point here.
        quota_here = Quota(quota.requests, quota.tokens, 6 if quota.concurrency is None else quota.concurrency)
        shared = SharedLimiter(link, MemoryLimiter(clock), "one", lease=1e6, clock=clock)
        expected = await play(MemoryLimiter(same), same, subject, quota_here, steps)
        assert await play(shared, clock, subject, quota_here, steps) == expected
        await shared.close()
        await link.close()

    asyncio.run(scenario())


@settings(deadline=None)
@given(QUOTAS, st.lists(st.integers(0, 20), max_size=30))
def test_what_is_let_in_is_within_every_limit(quota: Quota, wanted: list[int]) -> None:
    async def scenario() -> list[int]:
        limiter = MemoryLimiter(lambda: NOW)
        verdicts = await asyncio.gather(*(limiter.reserve("one", quota, tokens) for tokens in wanted))
        return [verdict.reservation.tokens for verdict in verdicts if verdict.reservation]

    entered = asyncio.run(scenario())
    bounds = [most for most in (quota.requests, quota.concurrency) if most is not None]
    assert all(len(entered) <= bound for bound in bounds)
    assert quota.tokens is None or sum(entered) <= quota.tokens
    assert bounds or quota.tokens is not None or len(entered) == len(wanted)


def test_subjects_have_quotas_of_their_own() -> None:
    async def scenario() -> None:
        limiter = MemoryLimiter(lambda: NOW)
        assert (await limiter.reserve("one", Quota(1), 0)).reservation
        assert (await limiter.reserve("one", Quota(1), 0)).lacking == "requests"
        assert (await limiter.reserve("other", Quota(1), 0)).reservation

    asyncio.run(scenario())


def test_a_lease_is_prolonged_while_its_request_runs(server: RedisServer) -> None:
    async def scenario() -> None:
        link, clock, quota = RedisLink(server.url, budget=AMPLE), Clock(), Quota(concurrency=1)
        busy = SharedLimiter(link, MemoryLimiter(clock), "busy", lease=0.3, clock=clock)
        verdict = await busy.reserve("leases", quota, 0)
        assert verdict.reservation
        clock.now = NOW + 0.2
        expires = link.script("return redis.call('ZSCORE', KEYS[1], ARGV[1])")
        async with asyncio.timeout(30):
            while float(await expires(["coze:limits:{leases}:leases"], [verdict.reservation.id])) < NOW + 0.5:
                await asyncio.sleep(0.01)
        other = SharedLimiter(link, MemoryLimiter(clock), "other", clock=Clock())
        assert (await other.reserve("leases", quota, 0)).lacking == "concurrency"
        await busy.close()
        await link.close()

    asyncio.run(scenario())


def test_a_place_that_was_given_back_is_not_prolonged(server: RedisServer) -> None:
    async def scenario() -> None:
        link = RedisLink(server.url, budget=AMPLE)
        await link.script(text("renew"))(["given back"], ["", 30, "one:0"])
        assert await link.script("return redis.call('EXISTS', KEYS[1])")(["given back"], []) == 0
        await link.close()

    asyncio.run(scenario())


def test_a_lease_that_nobody_prolongs_runs_out(server: RedisServer) -> None:
    async def scenario() -> None:
        link, clock, quota = RedisLink(server.url, budget=AMPLE), Clock(), Quota(concurrency=1)
        killed = SharedLimiter(link, MemoryLimiter(clock), "killed", clock=clock)
        await killed.reserve("killed", quota, 0)
        await killed.close()
        other = SharedLimiter(link, MemoryLimiter(clock), "other", clock=clock)
        clock.now = NOW + 29.9
        assert (await other.reserve("killed", quota, 0)).lacking == "concurrency"
        clock.now = NOW + 30.1
        assert (await other.reserve("killed", quota, 0)).reservation
        await other.close()
        await link.close()

    asyncio.run(scenario())


def test_a_client_that_leaves_while_redis_decides_gives_its_place_back(server: RedisServer) -> None:
    async def scenario() -> None:
        link, quota, entropy = RedisLink(server.url, budget=AMPLE), Quota(concurrency=3), random.Random(7)
        limiter = SharedLimiter(link, MemoryLimiter(lambda: NOW), "one", lease=1e6)

        async def client() -> None:
            async with held(limiter, "leaving", quota, 0):
                await asyncio.sleep(0.001)

        for _ in range(20):
            clients = [asyncio.create_task(client()) for _ in range(10)]
            await asyncio.sleep(entropy.random() / 500)
            for leaving in clients:
                leaving.cancel()
            await asyncio.gather(*clients, return_exceptions=True)
        async with asyncio.timeout(30):
            while (await limiter.reserve("leaving", Quota(concurrency=0), 0)).running:
                await asyncio.sleep(0.01)
        await limiter.close()
        await link.close()

    asyncio.run(scenario())


def test_while_redis_is_away_the_worker_decides_by_itself() -> None:
    async def scenario(server: RedisServer) -> None:
        link = RedisLink(server.url, pause=0.01)
        limiter = SharedLimiter(link, MemoryLimiter(lambda: NOW), "one", clock=lambda: NOW)
        with server.frozen():
            kept = (await limiter.reserve("one", Quota(concurrency=1), 5)).reservation
            assert kept
            assert (await limiter.reserve("one", Quota(concurrency=1), 5)).lacking == "concurrency"
            await limiter.settle(kept, 5)
            assert (await limiter.reserve("one", Quota(concurrency=1), 5)).reservation
        await limiter.close()
        await link.close()

    with redis_server() as server:
        asyncio.run(scenario(server))


def test_a_place_is_held_for_the_length_of_a_block_and_settled_at_what_was_spent() -> None:
    async def scenario() -> None:
        limiter, quota = MemoryLimiter(lambda: NOW), Quota(tokens=10, concurrency=1)
        async with held(limiter, "one", quota, 8) as place:
            assert place.headers["x-ratelimit-remaining-tokens"] == "2"
            with pytest.raises(RateLimited):
                await held(limiter, "one", quota, 1).__aenter__()
            place.spent = 3
        verdict = await limiter.reserve("one", quota, 7)
        assert (verdict.running, verdict.tokens.used) == (1, 10)

    asyncio.run(scenario())


def test_tokens_beyond_the_reservation_are_counted() -> None:
    async def scenario() -> None:
        limiter, quota = MemoryLimiter(lambda: NOW), Quota(tokens=10)
        async with held(limiter, "one", quota, 2) as place:
            place.spent = 25
        verdict = await limiter.reserve("one", quota, 1)
        assert (verdict.lacking, verdict.tokens.used) == ("tokens", 25)

    asyncio.run(scenario())
