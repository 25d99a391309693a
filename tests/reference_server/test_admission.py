"""A bounded queue before an engine."""

import asyncio
import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server.admission import Gate
from reference_server.errors import Overloaded

CRITICAL, NORMAL, LATER = -1, 0, 1


def gate(places: int = 1, line: int = 10) -> Gate:
    return Gate(places, line, lambda: 0.0)


async def settled() -> None:
    """Let every task run as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def visit(gate: Gate, name: str, seen: list[str], priority: int = NORMAL) -> None:
    async with gate.place(priority):
        seen.append(name)


def order(*arrivals: tuple[str, int]) -> list[str]:
    """Return in which order those who arrive while the only place is taken are served."""

    async def scenario() -> list[str]:
        here, seen = gate(), list[str]()
        async with here.place():
            tasks = [asyncio.create_task(visit(here, name, seen, priority)) for name, priority in arrivals]
            await settled()
            assert here.queue_depth == len(arrivals)
        await asyncio.gather(*tasks)
        assert (here.running, here.queue_depth) == (0, 0)
        return seen

    return asyncio.run(scenario())


def test_first_come_first_served() -> None:
    assert order(("a", NORMAL), ("b", NORMAL), ("c", NORMAL)) == ["a", "b", "c"]


def test_the_urgent_go_first() -> None:
    assert order(("a", LATER), ("b", NORMAL), ("c", CRITICAL), ("d", CRITICAL)) == ["c", "d", "b", "a"]


def test_as_many_run_as_there_are_places() -> None:
    async def scenario() -> None:
        here = gate(places=2)
        async with here.place(), here.place():
            waiting = asyncio.create_task(visit(here, "third", []))
            await settled()
            assert (here.running, here.queue_depth) == (2, 1)
        await waiting

    asyncio.run(scenario())


def test_a_full_line_refuses_and_says_when_to_come_back() -> None:
    async def scenario() -> Overloaded:
        now = 0.0
        here = Gate(1, 1, lambda: now)
        async with here.place():
            now = 2.0
        async with here.place():
            waiting = asyncio.create_task(visit(here, "second", []))
            await settled()
            with pytest.raises(Overloaded) as refused:
                await visit(here, "third", [])
        await waiting
        return refused.value

    refusal = asyncio.run(scenario())
    assert refusal.status == 503
    # The last request took two seconds, and one is before it in the line.
    assert refusal.headers == {"retry-after": "4", "retry-after-ms": "4000", "x-should-retry": "true"}


def test_in_a_full_line_the_last_of_the_least_urgent_makes_room() -> None:
    async def scenario() -> list[str]:
        here, seen = gate(line=2), list[str]()
        async with here.place():
            arrivals = [("a", LATER), ("b", LATER), ("c", CRITICAL)]
            tasks = [asyncio.create_task(visit(here, name, seen, priority)) for name, priority in arrivals]
            await settled()
        refused = [type(each) for each in await asyncio.gather(*tasks, return_exceptions=True)]
        assert refused == [type(None), Overloaded, type(None)]
        return seen

    assert asyncio.run(scenario()) == ["c", "a"]


def test_a_deadline_holds_in_the_line() -> None:
    async def scenario() -> None:
        here = gate()
        async with here.place():
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001), here.place():
                    pass
            assert (here.running, here.queue_depth) == (1, 0)

    asyncio.run(scenario())


def test_a_client_that_leaves_leaves_the_line_at_once() -> None:
    async def scenario() -> None:
        here = gate(line=1)
        async with here.place():
            leaving = asyncio.create_task(visit(here, "leaving", []))
            await settled()
            leaving.cancel()
            # In the same turn of the loop another may take its place in the line.
            staying = asyncio.create_task(visit(here, "staying", []))
            await settled()
            assert here.queue_depth == 1
        await staying

    asyncio.run(scenario())


def test_a_place_given_to_one_who_leaves_in_the_same_moment_goes_to_the_next() -> None:
    async def scenario() -> list[str]:
        here, seen = gate(), list[str]()
        async with here.place():
            leaving = asyncio.create_task(visit(here, "leaving", seen))
            staying = asyncio.create_task(visit(here, "staying", seen))
            await settled()
        # The place is given by now, and nobody has run since.
        leaving.cancel()
        await staying
        assert here.running == 0
        return seen

    assert asyncio.run(scenario()) == ["staying"]


def test_one_who_had_to_make_room_and_leaves_in_the_same_moment_gives_no_place_away() -> None:
    async def scenario() -> None:
        here = gate(line=1)
        async with here.place():
            later = asyncio.create_task(visit(here, "later", [], LATER))
            await settled()
            urgent = asyncio.create_task(visit(here, "urgent", [], CRITICAL))
            await asyncio.sleep(0)
            later.cancel()
            await settled()
            assert (here.running, here.queue_depth) == (1, 1)
        await urgent

    asyncio.run(scenario())


def test_one_who_is_leaving_may_have_to_make_room() -> None:
    async def scenario() -> None:
        here = gate(line=1)
        async with here.place():
            later = asyncio.create_task(visit(here, "later", [], LATER))
            await settled()
            later.cancel()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001), here.place(CRITICAL):
                    pass

    asyncio.run(scenario())


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(0, 8), st.lists(st.integers(-1, 1), max_size=40), st.integers(0, 2**32))
def test_whatever_comes_and_goes_no_place_is_lost(places: int, line: int, priorities: list[int], seed: int) -> None:
    async def scenario() -> None:
        here, running, entropy = gate(places, line), 0, random.Random(seed)

        async def client(priority: int) -> None:
            nonlocal running
            async with here.place(priority):
                running += 1
                assert running <= places
                try:
                    for _ in range(entropy.randrange(3)):
                        await asyncio.sleep(0)
                finally:
                    running -= 1

        tasks = []
        for priority in priorities:
            tasks.append(asyncio.create_task(client(priority)))
            if entropy.random() < 0.5:
                await asyncio.sleep(0)
            if entropy.random() < 0.4:
                entropy.choice(tasks).cancel()
            assert here.queue_depth <= line
        for task in tasks:
            with suppress(Overloaded, asyncio.CancelledError):
                await task
        assert (here.running, here.queue_depth) == (0, 0)

    asyncio.run(scenario())
