"""Upstreams that hang, answer in half, go away and come back."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from time import monotonic
from typing import Any

import httpx2
import pytest

from reference_server.app import Application, create_app
from reference_server.settings import (
    CircuitBreaker,
    HealthCheck,
    OpenAIEngine,
    Route,
    Settings,
    SyntheticEngine,
    Timeouts,
)
from tests.probe import hostile
from tests.probe.hostile import Behaviour, Reader, Writer
from tests.reference_server.asking import CHAT, Json, chat, error, events
from tests.reference_server.upstreams import STREAM_HEAD, as_json, event

HASTY = Timeouts(connect=5, first_token=0.3, idle=0.3, total=0.3)
HALF = hostile.answer(b'{"id": "x", "choices"', b"content-type: application/json", length=500)
HALF_STREAM = STREAM_HEAD + event({"id": "x", "choices": []})
ANSWER = {"id": "x", "object": "chat.completion", "choices": [], "said": "elsewhere"}
SAID = as_json(ANSWER, b"200 OK", b"connection: close")
Post = Callable[..., Coroutine[Any, Any, httpx2.Response]]
Figures = Callable[[str, object], None]
HALVES: Mapping[str, Behaviour] = {
    "hangs": hostile.hanging_after(b""),
    "hangs in its head": hostile.hanging_after(b"HTTP/1.1 200 OK\r\n"),
    "hangs half-way": hostile.hanging_after(HALF),
    "is half-closed": hostile.saying(HALF),
    "resets": hostile.resetting_after(HALF),
    "says nothing": hostile.saying(b""),
}


def server(base_url: str, **rest: Any) -> Application:
    """A server with an upstream for everything but `near`, which is here."""
    there = OpenAIEngine(name="there", type="openai", base_url=base_url, timeouts=HASTY)
    routes = (Route(pattern="near", engine="base"), Route(pattern=".*"))
    engines = (there, SyntheticEngine(name="base"))
    return create_app(
        Settings(**{"engines": engines, "default_engine": "there", "routes": routes, "health_check": None, **rest})
    )


def during(behaviour: Behaviour, story: Callable[[Post], Awaitable[None]], **rest: Any) -> None:
    """Tell a story of a server with an upstream that behaves so."""

    async def scenario() -> None:
        async with hostile.serving(behaviour) as base_url:
            app = server(base_url, **rest)
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://server", timeout=None) as client:

                async def post(**asked: Any) -> httpx2.Response:
                    return await client.post(CHAT, json=chat(**asked))

                async with asyncio.timeout(60):
                    await story(post)
            await app.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("how", HALVES)
def test_a_fallback_answers_for_an_upstream_that(how: str, record_property: Figures) -> None:
    async def story(post: Post) -> None:
        began = monotonic()
        response = await post(model="gpt-4o")
        assert (response.status_code, response.json()["object"]) == (200, "chat.completion")
        record_property(f"an upstream {how}, and a fallback answers", f"after {1000 * (monotonic() - began):.0f} ms")

    during(HALVES[how], story, fallbacks={"there": ("base",)})


@pytest.mark.parametrize("how", HALVES)
def test_without_a_fallback_it_is_told_in_time_that_an_upstream(how: str) -> None:
    async def story(post: Post) -> None:
        response = await post(model="gpt-4o")
        assert response.status_code in (502, 504)
        assert error(response)["code"] in ("timeout", "upstream_broken")

    during(HALVES[how], story)


@pytest.mark.parametrize(
    "behaviour", [hostile.hanging_after(HALF_STREAM), hostile.saying(HALF_STREAM), hostile.resetting_after(HALF_STREAM)]
)
def test_a_stream_that_breaks_off_says_so_whoever_could_answer_instead(behaviour: Behaviour) -> None:
    async def story(post: Post) -> None:
        *_, last = events(await post(model="gpt-4o", stream=True))
        assert set(json.loads(last)) == {"error"}

    during(behaviour, story, fallbacks={"there": ("base",)})


def test_other_engines_are_not_disturbed_by_one_that_hangs(record_property: Figures) -> None:
    async def story(post: Post) -> None:
        waiting = [asyncio.create_task(post(model="gpt-4o")) for _ in range(30)]
        await asyncio.sleep(0)
        began = monotonic()
        near = [(await post(model="near")).status_code for _ in range(20)]
        record_property("20 requests beside 30 that hang", f"{1000 * (monotonic() - began):.0f} ms")
        assert set(near) == {200}
        assert {each.status_code for each in await asyncio.gather(*waiting)} == {504}

    during(hostile.hanging_after(b""), story, circuit_breaker=None)


class Moody:
    """An upstream that is well or not, as a test wants; counts what it is asked."""

    def __init__(self) -> None:
        self.is_well = True
        self.asked = 0

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        head = await hostile.asked(reader)
        self.asked += head.startswith(b"POST")
        writer.write(SAID if self.is_well else as_json({}, b"503 Service Unavailable", b"connection: close"))
        await writer.drain()


def test_a_breaker_opens_and_closes_again(record_property: Figures) -> None:
    upstream = Moody()

    async def story(post: Post) -> None:
        async def said(times: int) -> list[Any]:
            return [(await post(model="gpt-4o")).json().get("said") for _ in range(times)]

        assert await said(2) == ["elsewhere"] * 2
        upstream.is_well = False
        assert await said(8) == [None] * 8
        asked = upstream.asked
        assert await said(10) == [None] * 10
        assert upstream.asked == asked
        upstream.is_well = True
        while await said(1) == [None]:
            await asyncio.sleep(0.02)
        assert await said(5) == ["elsewhere"] * 5
        record_property("a breaker opens", f"after {asked - 2} failures; 10 requests then met none, all were answered")

    breaker = CircuitBreaker(min_requests=4, open_for=0.5)
    during(upstream, story, circuit_breaker=breaker, fallbacks={"there": ("base",)})


def test_probes_take_an_engine_out_and_back_in() -> None:
    upstream = Moody()

    async def story(post: Post) -> None:
        async def said() -> Any:
            response: Json = (await post(model="gpt-4o")).json()
            return response.get("said")

        assert await said() == "elsewhere"
        upstream.is_well = False
        # Whoever is asked while it is not yet known to be down has a fallback.
        while upstream.asked != (asked := upstream.asked) or await said() or upstream.asked != asked:
            await asyncio.sleep(0.02)
        upstream.is_well = True
        while await said() is None:
            await asyncio.sleep(0.02)

    check = HealthCheck(every=0.02, rise=2, fall=2)
    during(upstream, story, health_check=check, circuit_breaker=None, fallbacks={"there": ("base",)})
