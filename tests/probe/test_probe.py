"""What a probe makes of a target that behaves."""

import asyncio

import pytest

from cozecheck.exchange import Exchange
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.scenarios.sending import Send
from tests.probe import hostile
from tests.probe.asking import LIMITS, QUESTION, ask, ask_all, send_all
from tests.probe.hostile import Witness, answer

CHUNKS = b"".join(b"9\r\ndata: %d\n\n\r\n" % number for number in range(3))
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_response_is_kept_as_it_came() -> None:
    response = ask(hostile.saying(answer(b"{}", b"X-Odd-Case: 1", b"x-odd-case: 2", status=b"201 Created"))).response
    assert response is not None
    assert (response.status, response.http_version, response.body) == (201, "HTTP/1.1", b"{}")
    assert response.headers.lines == (("content-length", "2"), ("X-Odd-Case", "1"), ("x-odd-case", "2"))


def test_an_exchange_says_what_it_belongs_to() -> None:
    exchange = ask(hostile.saying(answer(b"{}")))
    assert (exchange.id, exchange.scenario, exchange.name, exchange.left) == ("0", "test", "question", False)
    assert exchange.request.json == {"model": "m"}


def test_content_encoding_is_not_undone() -> None:
    packed = hostile.gzip_bomb(10)
    response = ask(hostile.saying(answer(packed, b"content-encoding: gzip"))).response
    assert response is not None
    assert (response.body, response.content) == (packed, bytes(10))


def test_chunks_that_come_together_are_one_read() -> None:
    response = ask(hostile.saying(STREAM + CHUNKS + b"0\r\n\r\n")).response
    assert response is not None
    assert [read.size for read in response.reads] == [27]


def test_pieces_that_come_apart_are_reads_apart() -> None:
    response = ask(hostile.repeating(hostile.STREAM_HEAD, b"data: 1\n\n", pause=0.01)).response
    assert response is not None
    assert sum(read.size for read in response.reads) == len(response.body)
    assert len(response.reads) > 10
    assert [read.at for read in response.reads] == sorted(read.at for read in response.reads)


def test_reads_are_timed_with_the_clock_from_when_the_request_was_sent() -> None:
    ticks = iter(range(1000, 2000))

    async def run() -> Exchange:
        async with (
            hostile.serving(hostile.saying(answer(b"{}"))) as base_url,
            Probe(Endpoint(base_url), clock=lambda: float(next(ticks))) as probe,
        ):
            return await probe.send(QUESTION)

    response = asyncio.run(run()).response
    assert response is not None
    assert [read.at for read in response.reads] == [1.0]


def test_a_redirect_is_a_response_like_any_other() -> None:
    behaviour = hostile.saying(answer(b"", b"location: http://127.0.0.1:9/", status=b"307 Temporary Redirect"))
    response = ask(behaviour).response
    assert response is not None
    assert (response.status, response.headers.get("location")) == (307, "http://127.0.0.1:9/")


def test_no_cookie_goes_from_one_exchange_to_the_next() -> None:
    seen: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            seen.append(await hostile.asked(reader))
            writer.write(answer(b"{}", b"set-cookie: a=b"))

    ask_all(behave, QUESTION, QUESTION)
    assert seen[0] == seen[1]
    assert b"cookie" not in seen[1].lower()


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert ask(hostile.saying(answer(b"{}"))).failure is None


def test_a_connection_is_used_again() -> None:
    connections = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await hostile.keeping(*[answer(b"{}")] * 5)(reader, writer)

    ask_all(behave, *[QUESTION] * 5)
    assert len(connections) == 1


def test_leaving_closes_the_connection() -> None:
    async def run() -> Exchange:
        witness = Witness([], asyncio.Event())
        async with hostile.serving(witness) as base_url:
            async with asyncio.timeout(20), Probe(Endpoint(base_url), LIMITS) as probe:
                exchange = await probe.send(Send("leaving", json={}, leave_after=3))
                await witness.gone.wait()
            return exchange

    exchange = asyncio.run(run())
    assert (exchange.left, exchange.failure) == (True, None)
    assert exchange.response is not None
    assert len(exchange.response.stream.events) >= 3


def test_a_stream_that_ends_before_we_leave_is_whole() -> None:
    exchange = ask(hostile.saying(STREAM + CHUNKS + b"0\r\n\r\n"), Send("leaving", json={}, leave_after=10))
    assert (exchange.left, exchange.failure) == (False, None)


def test_a_send_may_have_to_wait() -> None:
    async def run() -> list[Exchange]:
        async with hostile.serving(hostile.saying(answer(b"{}"))) as base_url:
            patient = Send("later", json={}, after=3600)
            async with asyncio.timeout(0.05):
                return await send_all(Endpoint(base_url), [patient])

    with pytest.raises(TimeoutError):
        asyncio.run(run())


def test_cancelling_closes_the_connection() -> None:
    async def run() -> None:
        witness = Witness([], asyncio.Event())
        async with hostile.serving(witness) as base_url, Probe(Endpoint(base_url)) as probe:
            task = asyncio.create_task(probe.send(QUESTION))
            while not witness.requests:
                await asyncio.sleep(0.001)
            task.cancel()
            async with asyncio.timeout(20):
                await witness.gone.wait()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())


def test_limits_follow_from_a_timeout() -> None:
    limits = Limits.within(2)
    assert (limits.connect, limits.first_byte, limits.idle, limits.total) == (2, 2, 2, 8)
    assert Limits.within(60).connect == 5
