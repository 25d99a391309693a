"""Redis, asked within a budget of time, or not at all."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from reference_server.redis_link import RedisLink, Unreachable
from tests.redis_server import RedisServer, redis_server

MINUTE = 60_000
AMPLE = 20.0
"""A budget for tests that are about something else than time: the machine may be busy."""


@asynccontextmanager
async def linked(server: RedisServer, budget: float = AMPLE) -> AsyncIterator[RedisLink]:
    link = RedisLink(server.url, budget=budget, pause=0.01)
    try:
        yield link
    finally:
        await link.close()


async def recovered(link: RedisLink) -> None:
    async with asyncio.timeout(30):
        while link.broken:
            await asyncio.sleep(0.005)


def test_values_are_kept_and_read() -> None:
    async def scenario(server: RedisServer) -> None:
        async with linked(server) as link:
            await link.write({"one": b"\x00\xff", "two": b""}, MINUTE)
            assert await link.read(["two", "none", "one"]) == [b"", None, b"\x00\xff"]

    with redis_server() as server:
        asyncio.run(scenario(server))


def test_a_server_that_was_never_there_is_unreachable() -> None:
    async def scenario() -> None:
        link = RedisLink("redis://127.0.0.1:1", pause=0.01)
        with pytest.raises(Unreachable):
            await link.read(["any"])
        await link.close()

    asyncio.run(scenario())


def test_a_killed_server_is_unreachable_until_it_is_started_again() -> None:
    async def scenario(server: RedisServer) -> None:
        async with linked(server) as link:
            await link.write({"one": b"1"}, MINUTE)
            server.kill()
            with pytest.raises(Unreachable):
                await link.read(["one"])
            server.start_again()
            await recovered(link)
            assert await link.read(["one"]) == [None]

    with redis_server() as server:
        asyncio.run(scenario(server))


def test_a_hanging_server_is_unreachable_until_it_goes_on() -> None:
    async def scenario(server: RedisServer) -> None:
        async with linked(server, budget=0.5) as link:
            await link.write({"one": b"1"}, MINUTE)
            with server.frozen(), pytest.raises(Unreachable):
                await link.read(["one"])
            await recovered(link)
            assert await link.read(["one"]) == [b"1"]

    with redis_server() as server:
        asyncio.run(scenario(server))


def test_a_call_that_waits_behind_one_that_hangs_is_unreachable_too() -> None:
    async def scenario(server: RedisServer) -> None:
        async with linked(server, budget=0.05) as link:
            with server.frozen():
                first = asyncio.create_task(link.read(["one"]))
                await asyncio.sleep(0.01)
                second = asyncio.create_task(link.read(["two"]))
                answers = await asyncio.gather(first, second, return_exceptions=True)
            assert [type(answer) for answer in answers] == [Unreachable, Unreachable]

    with redis_server() as server:
        asyncio.run(scenario(server))


def test_while_it_is_broken_nothing_is_asked() -> None:
    async def scenario(server: RedisServer) -> None:
        async with linked(server, budget=0.5) as link:
            with server.frozen():
                with pytest.raises(Unreachable):
                    await link.read(["one"])
                # No time passes: the second refusal comes before the loop turns once.
                asked = link.read(["one"])
                with pytest.raises(Unreachable):
                    asked.send(None)
            await recovered(link)

    with redis_server() as server:
        asyncio.run(scenario(server))


def test_an_outage_is_logged_once_and_says_nothing_of_the_address(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(server: RedisServer) -> None:
        async with linked(server) as link:
            server.kill()
            await asyncio.gather(*(link.read(["one"]) for _ in range(20)), return_exceptions=True)
            with pytest.raises(Unreachable):
                await link.read(["one"])
            server.start_again()
            await recovered(link)

    with redis_server() as server, caplog.at_level(logging.INFO, "reference_server"):
        asyncio.run(scenario(server))
    away, back = (record.getMessage() for record in caplog.records)
    assert away == "Redis is away (ConnectionError): serving on without it"
    assert back == "Redis is back"


def test_an_answer_that_was_given_up_is_never_taken_for_another() -> None:
    async def scenario(server: RedisServer) -> None:
        async with linked(server) as link:
            await link.write({f"{number}": b"%d" % number for number in range(50)}, MINUTE)
            for _ in range(20):
                with server.frozen():
                    given_up = [asyncio.create_task(link.read([f"{number}"])) for number in range(50)]
                    await asyncio.sleep(0)
                    await asyncio.sleep(0.001)
                    for task in given_up[::2]:
                        task.cancel()
                answers = await asyncio.gather(*given_up, return_exceptions=True)
                assert answers[1::2] == [[b"%d" % number] for number in range(1, 50, 2)]

    with redis_server() as server:
        asyncio.run(scenario(server))


def test_a_script_outlives_a_restart() -> None:
    async def scenario(server: RedisServer) -> None:
        async with linked(server) as link:
            double = link.script("return 2 * ARGV[1]")
            assert await double([], [2]) == 4
            server.kill()
            with pytest.raises(Unreachable):
                await double([], [2])
            server.start_again()
            await recovered(link)
            assert await double([], [4]) == 8

    with redis_server() as server:
        asyncio.run(scenario(server))
