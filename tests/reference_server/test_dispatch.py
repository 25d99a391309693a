"""What becomes of a request between the key and the engine."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from reference_server.app import Application, create_app
from reference_server.settings import (
    Alias,
    AnyEngine,
    Cache,
    CircuitBreaker,
    Key,
    OpenAIEngine,
    Overflow,
    RateLimits,
    Route,
    Settings,
    SyntheticEngine,
    Timeouts,
)
from reference_server.settings.server import Responses
from tests.probe import hostile
from tests.probe.hostile import Behaviour, Reader, Writer
from tests.reference_server.asking import CHAT, NO_HEADERS, Json, app, ask, chat, error, events, post
from tests.reference_server.test_batches import begin, content, finished, line, results
from tests.reference_server.upstreams import ANY_MODEL, STREAM_HEAD, Listening, as_json, event

KEYS = tuple(f"sk-test-{name}-0123456789" for name in ("one", "two"))
ONE, TWO = ({"authorization": f"Bearer {key}"} for key in KEYS)
NOWHERE = "http://127.0.0.1:9/v1"
HASTY = Timeouts(connect=5, first_token=5, idle=5, total=5)
SAID = {"id": "x", "object": "chat.completion", "model": "gpt-4o-mini", "choices": [], "said": "elsewhere"}


def there(base_url: str, name: str = "there", **rest: Any) -> OpenAIEngine:
    return OpenAIEngine(name=name, type="openai", base_url=base_url, timeouts=HASTY, **rest)


def settings(*engines: AnyEngine, **rest: Any) -> Settings:
    return Settings(engines=engines, default_engine=engines[0].name, health_check=None, **{"routes": ANY_MODEL, **rest})


@asynccontextmanager
async def asking(server: Application) -> AsyncIterator[Callable[..., Any]]:
    """Ask a server for chat completions, several at a time if need be."""
    transport = httpx2.ASGITransport(app=server)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server", timeout=None) as client:

        async def post(asked: Json | None = None, headers: Mapping[str, str] = NO_HEADERS) -> httpx2.Response:
            return await client.post(CHAT, json=asked or chat(), headers=dict(headers))

        yield post
    await server.close()


async def replies(
    server: Application, *asked: Json, headers: Sequence[Mapping[str, str]] = ()
) -> list[httpx2.Response]:
    """Ask one after the other."""
    async with asking(server) as post:
        return [await post(each, dict(headers[place]) if headers else {}) for place, each in enumerate(asked)]


async def to_upstream(behaviour: Behaviour, build: Callable[[str], Settings], *asked: Json) -> list[httpx2.Response]:
    """Ask a server that has an upstream, one after the other."""
    async with hostile.serving(behaviour) as base_url:
        return await replies(create_app(build(base_url)), *asked)


# Keys


def test_a_key_is_for_its_models_only() -> None:
    keys = (Key(value=SecretStr(KEYS[0]), models=("gpt-4o-mini.*",)), Key(value=SecretStr(KEYS[1])))
    server = create_app(Settings(keys=keys))
    asked = [chat(), chat(model="gpt-4o"), chat(model="gpt-4o")]
    found = asyncio.run(replies(server, *asked, headers=[ONE, ONE, TWO]))
    assert [each.status_code for each in found] == [200, 404, 200]
    assert error(found[1])["code"] == "model_not_found"


def test_a_batch_can_do_no_more_than_its_key() -> None:
    server = create_app(Settings(keys=(Key(value=SecretStr(KEYS[0]), models=("gpt-4o-mini",)),)))

    async def scenario() -> Json:
        transport = httpx2.ASGITransport(app=server)
        async with httpx2.AsyncClient(transport=transport, base_url="http://server/v1", headers=ONE) as client:
            batch = await finished(client, await begin(client, content(line("a"), line("b", model="gpt-4o"))))
            files = [await results(client, batch[key]) for key in ("output_file_id", "error_file_id")]
            return files[0] | files[1]

    assert {name: each["status_code"] for name, each in asyncio.run(scenario()).items()} == {"a": 200, "b": 404}


# Limits


def test_limits_are_told_and_kept() -> None:
    server = app(keys=KEYS, rate_limits=RateLimits(rpm=2, tpm=1000))
    first, second, third = (post(server, chat(), ONE) for _ in range(3))
    assert [each.status_code for each in (first, second, third)] == [200, 200, 429]
    left = [each.headers["x-ratelimit-remaining-requests"] for each in (first, second, third)]
    assert (first.headers["x-ratelimit-limit-requests"], left) == ("2", ["1", "0", "0"])
    assert error(third)["code"] == "rate_limit_exceeded"
    assert int(third.headers["retry-after-ms"]) <= 61_000
    assert post(server, chat(), TWO).status_code == 200


def test_what_was_not_used_is_given_back() -> None:
    server = app(rate_limits=RateLimits(tpm=1000))
    used = post(server, chat(max_tokens=900)).json()["usage"]["total_tokens"]
    left = post(server, chat(max_tokens=1)).headers["x-ratelimit-remaining-tokens"]
    assert 900 < int(left) <= 1000 - used


def test_a_refused_request_costs_no_tokens() -> None:
    server = app(rate_limits=RateLimits(tpm=1000))
    assert post(server, chat(max_tokens=900, temperature=9)).status_code == 400
    assert post(server, chat(max_tokens=900)).status_code == 200


def test_streams_count_what_they_cost() -> None:
    server = app(rate_limits=RateLimits(tpm=1000))
    assert post(server, chat(max_tokens=900, stream=True)).status_code == 200
    assert int(post(server, chat(max_tokens=1)).headers["x-ratelimit-remaining-tokens"]) > 500


# The cache of answers


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_may_be_repeated_is_repeated(stream: bool) -> None:  # noqa: FBT001
    server = app(keys=KEYS, cache=Cache(responses=Responses()))
    asked = chat(temperature=0, stream=stream)
    first, second, others = post(server, asked, ONE), post(server, asked, ONE), post(server, asked, TWO)
    assert first.content == second.content != others.content
    assert (events(second)[-1] == "[DONE]") if stream else second.json()["id"]
    anew = post(server, asked, {**ONE, "cache-control": "no-cache"})
    assert anew.content != first.content
    assert post(server, asked, ONE).content == anew.content


def test_an_answer_left_to_chance_is_not_repeated() -> None:
    server = app(cache=Cache(responses=Responses()))
    assert post(server, chat()).json()["id"] != post(server, chat()).json()["id"]


# Engines that fail


def test_another_engine_answers_for_one_that_is_away() -> None:
    engines = (there(NOWHERE), SyntheticEngine(name="base"))
    (found,) = asyncio.run(replies(create_app(settings(*engines, fallbacks={"there": ("base",)})), chat()))
    assert found.json()["object"] == "chat.completion"


def test_a_bad_request_is_nobody_elses_business() -> None:
    refusal = as_json({"error": {"message": "No.", "type": "x", "param": None, "code": None}}, b"400 Bad Request")
    build = lambda url: settings(there(url), SyntheticEngine(name="base"), fallbacks={"there": ("base",)})  # noqa: E731
    (found,) = asyncio.run(to_upstream(Listening(refusal), build, chat()))
    assert (found.status_code, error(found)["message"]) == (400, "No.")


def test_no_engine_takes_over_in_the_middle_of_a_stream() -> None:
    upstream = Listening(STREAM_HEAD + event({"id": "x", "choices": []}))
    build = lambda url: settings(there(url), SyntheticEngine(name="base"), fallbacks={"there": ("base",)})  # noqa: E731
    (found,) = asyncio.run(to_upstream(upstream, build, chat(stream=True)))
    first, last = events(found)
    assert (json.loads(first)["id"], "error" in json.loads(last)) == ("x", True)


def test_an_engine_that_fails_too_often_is_left_alone() -> None:
    upstream = Counting(as_json({"error": "?"}, b"500 Internal Server Error"))
    breaker = CircuitBreaker(min_requests=3, open_for=60)
    build = lambda url: settings(there(url), circuit_breaker=breaker)  # noqa: E731
    found = asyncio.run(to_upstream(upstream, build, *([chat()] * 5)))
    assert [each.status_code for each in found] == [500, 500, 500, 503, 503]
    assert upstream.asked == 3
    assert error(found[-1])["code"] == "engine_unavailable"
    assert 50 < int(found[-1].headers["retry-after"]) <= 60


def test_retries_have_a_budget() -> None:
    upstream = Counting(as_json({"error": "?"}, b"503 Service Unavailable"))

    async def scenario() -> list[int]:
        async with hostile.serving(upstream) as base_url:
            engines = (there(base_url), there(base_url, "spare"))
            retries = {"share": 0, "per_second": 0, "burst": 2}
            server = create_app(
                settings(*engines, fallbacks={"there": ("spare",)}, retries=retries, circuit_breaker=None)
            )
            return [each.status_code for each in await replies(server, *([chat()] * 5))]

    assert asyncio.run(scenario()) == [503] * 5
    assert upstream.asked == 5 + 2


class Counting(Listening):
    """An upstream that counts how often it is asked."""

    asked = 0

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        self.asked += 1
        await super().__call__(reader, writer)


# Engines that are full


def test_a_full_queue_refuses_at_once_and_says_when_to_come_back() -> None:
    engine = SyntheticEngine(name="base", max_concurrent=1, queue=1, first_token_delay=0.05)

    async def scenario() -> list[httpx2.Response]:
        async with asking(create_app(Settings(engines=(engine,)))) as post:
            return list(await asyncio.gather(*(post() for _ in range(5))))

    found = asyncio.run(scenario())
    assert sorted(each.status_code for each in found) == [200, 200, 503, 503, 503]
    refused = next(each for each in found if each.status_code == 503)
    assert (error(refused)["code"], refused.headers["x-should-retry"]) == ("engine_overloaded", "true")
    assert int(refused.headers["retry-after"]) >= 1


def test_the_deadline_holds_in_the_queue() -> None:
    engine = SyntheticEngine(name="base", max_concurrent=1, first_token_delay=0.3)

    async def scenario() -> list[httpx2.Response]:
        async with asking(create_app(Settings(engines=(engine,), request_timeout=0.4))) as post:
            return list(await asyncio.gather(*(post() for _ in range(3))))

    answered, late, queued = (each.status_code for each in asyncio.run(scenario()))
    assert (answered, late) == (200, 504)
    assert queued in (503, 504)  # it may be let in at the moment at which the one before gives up


def test_what_does_not_fit_goes_elsewhere() -> None:
    async def scenario() -> list[httpx2.Response]:
        async with hostile.serving(Listening(as_json(SAID))) as base_url:
            local = SyntheticEngine(name="base", max_concurrent=1, queue=0, first_token_delay=0.05)
            server = create_app(settings(local, there(base_url), fallbacks={"base": ("there",)}))
            async with asking(server) as post:
                return list(await asyncio.gather(*(post() for _ in range(4))))

    assert sorted("said" in each.json() for each in asyncio.run(scenario())) == [False, True, True, True]


# Hybrid cloud


def hybrid(base_url: str, **rest: Any) -> Application:
    local = SyntheticEngine(name="base", max_concurrent=10, first_token_delay=0.1)
    overflow = Overflow(to="there", min_hold=0, signals=("concurrency",), **rest)
    return create_app(settings(local, there(base_url), overflow=overflow))


async def one_by_one(server: Application, *asked: tuple[Json, Mapping[str, str]]) -> list[bool]:
    """Begin a request every 15 ms, ten times as often as the engine can take; tell which ones went elsewhere."""
    async with asking(server) as post:
        tasks = []
        for each, headers in asked:
            tasks.append(asyncio.create_task(post(each, headers)))
            await asyncio.sleep(0.015)
        return ["said" in each.json() for each in await asyncio.gather(*tasks)]


def test_traffic_flows_over_when_the_local_engine_is_loaded() -> None:
    async def scenario(**rest: Any) -> list[bool]:
        async with hostile.serving(Listening(as_json(SAID))) as base_url:
            return await one_by_one(hybrid(base_url, threshold=0.3, resume=0.2, **rest), *([(chat(), NO_HEADERS)] * 12))

    went = asyncio.run(scenario())
    assert not any(went[:3])
    assert any(went[3:])


def test_critical_traffic_keeps_its_line() -> None:
    async def scenario() -> list[bool]:
        async with hostile.serving(Listening(as_json(SAID))) as base_url:
            asked = [(chat(), {"x-adapter-priority": "critical"})] * 12
            return await one_by_one(hybrid(base_url, threshold=0.3, resume=0.2), *asked)

    assert not any(asyncio.run(scenario()))


@pytest.mark.parametrize(("model", "elsewhere"), [("llama-7b", False), ("llama-70b", True), ("llama", False)])
def test_large_models_go_to_the_cloud(model: str, elsewhere: bool) -> None:  # noqa: FBT001
    async def scenario() -> list[bool]:
        async with hostile.serving(Listening(as_json(SAID))) as base_url:
            return await one_by_one(hybrid(base_url, local_up_to=7, cloud_from=13), (chat(model=model), NO_HEADERS))

    assert asyncio.run(scenario()) == [elsewhere]


# Names


def test_an_alias_is_answered_by_the_clients_name_and_within_its_bounds() -> None:
    server = create_app(
        Settings(aliases=(Alias(pattern="bot-(.*)", model=r"\1"),), routes=(Route(pattern="gpt-.*", max_tokens=2),))
    )
    found = ask(server, "POST", CHAT, json=chat(model="bot-gpt-4o")).json()
    assert (found["model"], found["usage"]["completion_tokens"]) == ("bot-gpt-4o", 2)
