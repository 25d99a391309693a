"""HTTP/2: the same exchanges over another wire."""

import asyncio
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from cozecheck.exchange import Exchange, FailureKind
from cozecheck.probe import Endpoint, Limits
from cozecheck.scenarios.sending import Send
from tests.probe import hostile
from tests.probe.asking import QUESTION, failure_of, send_all
from tests.servers import running

LIMITS = Limits(total=20)


async def ticks(count: int) -> AsyncIterator[bytes]:
    for number in range(count):
        yield b"data: %d\n\n" % number
        await asyncio.sleep(0.01)


async def echo(request: Request) -> Response:
    return JSONResponse({"size": len(await request.body())})


async def stream(request: Request) -> Response:
    return StreamingResponse(ticks(int(request.path_params["count"])), media_type="text/event-stream")


APP = Starlette(routes=[Route("/v1/echo", echo, methods=["POST"]), Route("/v1/stream/{count}", stream)])


def ask_all(*sends: Send, limits: Limits = LIMITS) -> list[Exchange]:
    with running(APP) as base_url:
        return asyncio.run(send_all(Endpoint(base_url, http2=True), sends, limits))


def test_an_exchange_says_http_2() -> None:
    (exchange,) = ask_all(Send("echo", path="/echo", content=b"x" * 200_000))
    assert exchange.failure is None
    assert exchange.response is not None
    assert (exchange.response.http_version, exchange.response.json) == ("HTTP/2", {"size": 200_000})


def test_reads_of_a_stream_are_apart() -> None:
    (exchange,) = ask_all(Send("stream", "GET", "/stream/10"))
    assert exchange.response is not None
    assert len(exchange.response.stream.events) == 10
    assert len(exchange.response.reads) > 1


def test_leaving_one_stream_does_not_harm_the_next() -> None:
    left, next_one = ask_all(Send("leave", "GET", "/stream/1000", leave_after=2), Send("echo", path="/echo", json={}))
    assert (left.left, left.failure, next_one.failure) == (True, None, None)


def test_an_endless_stream_ends_at_the_limit() -> None:
    (exchange,) = ask_all(Send("stream", "GET", "/stream/100000"), limits=Limits(events=5))
    assert failure_of(exchange).kind == FailureKind.EVENTS


def test_a_target_that_knows_only_http_1_is_a_failure() -> None:
    async def run() -> list[Exchange]:
        async with hostile.serving(hostile.saying(hostile.answer(b"{}"))) as base_url:
            return await send_all(Endpoint(base_url, http2=True), [QUESTION])

    assert failure_of(asyncio.run(run())[0]).kind in (FailureKind.CUT, FailureKind.PROTOCOL)
