"""Embeddings through a server that keeps vectors, in a real Redis: here, and from an upstream."""

import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import Random
from struct import pack, unpack
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.app import surrounded
from reference_server.building import build_rooms
from reference_server.caching import RedisValues, VectorCache
from reference_server.endpoints import paths
from reference_server.engines.upstream_embeddings import embedded, inputs_of, shares
from reference_server.engines.upstream_errors import UpstreamBroken
from reference_server.redis_link import RedisLink
from reference_server.settings import OpenAIEngine, Route, Settings, SyntheticEngine
from tests.probe import hostile
from tests.probe.hostile import Reader, Writer
from tests.redis_server import RedisServer, redis_server
from tests.reference_server.asking import Json
from tests.reference_server.upstreams import as_json

SMALL = "text-embedding-3-small"
AMPLE = 20.0
CLOSING = b"connection: close"
Post = Callable[..., Awaitable[httpx2.Response]]


class Model:
    """An upstream that embeds inputs as their lengths, at 3 tokens each, last first; it notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Json] = []

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        fields = json.loads((await hostile.asked(reader)).partition(b"\r\n\r\n")[2])
        self.asked.append(fields)
        writer.write(self.answer(fields))
        await writer.drain()

    def answer(self, fields: Json) -> bytes:
        given = fields["input"]
        inputs = given if isinstance(given, list) and not isinstance(given[0], int) else [given]
        if "bad" in inputs:
            told = {"message": f"input[{inputs.index('bad')}] is bad", "type": "invalid_request_error", "code": "bad"}
            return as_json({"error": told}, b"400 Bad Request", CLOSING)
        data = [
            {"object": "embedding", "index": place, "embedding": written(fields, [len(each), 0.5])}
            for place, each in enumerate(inputs)
        ]
        usage = {"prompt_tokens": 3 * len(inputs), "total_tokens": 3 * len(inputs)}
        return as_json({"object": "list", "model": "theirs", "data": data[::-1], "usage": usage}, b"200 OK", CLOSING)

    @property
    def inputs(self) -> list[Any]:
        return [fields["input"] for fields in self.asked]


def written(fields: Json, vector: Sequence[float]) -> Any:
    if fields.get("encoding_format") == "base64":
        return base64.b64encode(pack(f"<{len(vector)}f", *vector)).decode()
    return vector


def talking(server: RedisServer, talk: Callable[[Post], Awaitable[None]], engine: Any = None) -> None:
    """Talk to a server that keeps vectors in this Redis."""

    async def held() -> None:
        engines, routes = (engine or SyntheticEngine(name="base"),), (Route(pattern="(.*)", model=r"\1-q4"),)
        rooms = build_rooms(Settings(engines=engines, routes=routes), time.time, time.monotonic, Random(1))
        rooms.link = RedisLink(server.url, budget=AMPLE, pause=0.01)
        rooms.vectors = VectorCache(RedisValues(rooms.link, "vectors", 60))
        transport = httpx2.ASGITransport(app=surrounded(paths(rooms), rooms, None))
        async with httpx2.AsyncClient(transport=transport, base_url="http://server/v1", timeout=None) as client:

            async def post(given: Any, headers: Mapping[str, str] | None = None, **asked: Any) -> httpx2.Response:
                fields = {"model": SMALL, "input": given, **asked}
                return await client.post("/embeddings", json=fields, headers=dict(headers or {}))

            try:
                await talk(post)
            finally:
                await rooms.close()

    asyncio.run(held())


def through(model: Any, talk: Callable[[Post, RedisServer], Awaitable[None]]) -> None:
    """The same, with an upstream that embeds."""

    async def served(server: RedisServer) -> None:
        async with hostile.serving(model) as base_url:
            engine = OpenAIEngine(name="base", type="openai", base_url=base_url)
            await asyncio.to_thread(talking, server, lambda post: talk(post, server), engine)

    with redis_server() as server:
        asyncio.run(served(server))


def outcome(response: httpx2.Response) -> str:
    assert response.status_code == 200
    return str(response.headers["x-cache"])


def lengths(response: httpx2.Response) -> list[float]:
    data = response.json()["data"]
    assert [each["index"] for each in data] == list(range(len(data)))
    return [each["embedding"][0] for each in data]


def tokens(response: httpx2.Response) -> int:
    usage = response.json()["usage"]
    assert usage["prompt_tokens"] == usage["total_tokens"]
    return int(usage["prompt_tokens"])


def test_a_batch_hits_in_part() -> None:
    async def talk(post: Post) -> None:
        first, mixed, again = [await post(given) for given in (["a", "hello world"], ["b", "a"], ["b", "a"])]
        assert [outcome(each) for each in (first, mixed, again)] == ["MISS", "PARTIAL", "HIT"]
        assert mixed.json() == again.json()
        assert mixed.json()["data"][1]["embedding"] == first.json()["data"][0]["embedding"]
        assert [tokens(each) for each in (first, mixed, again)] == [3, 2, 2]

    with redis_server() as server:
        talking(server, talk)


def test_formats_share_their_vectors_and_dimensions_do_not() -> None:
    async def talk(post: Post) -> None:
        numbers = await post("hello", dimensions=8)
        packed = await post("hello", dimensions=8, encoding_format="base64")
        assert (outcome(numbers), outcome(packed)) == ("MISS", "HIT")
        as_numbers, as_base64 = (each.json()["data"][0]["embedding"] for each in (numbers, packed))
        assert unpack("<8f", base64.b64decode(as_base64)) == pytest.approx(as_numbers, abs=1e-8)
        assert outcome(await post("hello", dimensions=9)) == "MISS"
        assert outcome(await post("hello", model="text-embedding-3-large", dimensions=8)) == "MISS"
        assert outcome(await post([15339], dimensions=8)) == "MISS"

    with redis_server() as server:
        talking(server, talk)


@pytest.mark.parametrize("wish", ["no-cache", "max-age=0, No-Store"])
def test_a_client_may_go_around_what_is_kept(wish: str) -> None:
    async def talk(post: Post) -> None:
        await post("a")
        assert outcome(await post("a", {"cache-control": wish})) == "BYPASS"

    with redis_server() as server:
        talking(server, talk)


def test_without_redis_all_is_computed_and_it_comes_back() -> None:
    async def talk(post: Post) -> None:
        kept = await post(["a", "b"])
        server.kill()
        for _ in range(3):
            during = await post(["a", "b"])
            assert (outcome(during), during.json()) == ("MISS", kept.json())
        server.start_again()
        async with asyncio.timeout(30):
            while outcome(await post(["a", "b"])) != "HIT":
                await asyncio.sleep(0.01)

    with redis_server() as server:
        talking(server, talk)


def test_an_upstream_is_sent_what_is_missing() -> None:
    model = Model()

    async def talk(post: Post, _: RedisServer) -> None:
        first, mixed = await post(["a", "bb"]), await post(["ccc", "a", "dddd", "ccc"])
        again = await post("ccc")
        assert [outcome(each) for each in (first, mixed, again)] == ["MISS", "PARTIAL", "HIT"]
        assert [lengths(each) for each in (first, mixed, again)] == [[1, 2], [3, 1, 4, 3], [3]]
        assert {each.json()["model"] for each in (first, mixed, again)} == {SMALL}

    through(model, talk)
    assert model.inputs == [["a", "bb"], ["ccc", "dddd"]]
    assert {fields["model"] for fields in model.asked} == {f"{SMALL}-q4"}


def test_the_same_batch_costs_the_same_again() -> None:
    async def talk(post: Post, _: RedisServer) -> None:
        assert [tokens(await post(given)) for given in (["a", "bbbb", "c"], ["a", "bbbb", "c"])] == [9, 9]
        assert tokens(await post(["a", "new"])) == 4

    through(Model(), talk)


def test_an_answer_has_the_form_that_its_client_asked_for() -> None:
    model = Model()

    async def talk(post: Post, _: RedisServer) -> None:
        packed = await post(["a"], encoding_format="base64", user="somebody")
        mixed = await post(["a", "bb"])
        assert lengths(mixed) == [1, 2]
        assert packed.json()["data"][0]["embedding"] == written({"encoding_format": "base64"}, [1, 0.5])

    through(model, talk)
    assert [fields.get("encoding_format") for fields in model.asked] == ["base64", None]


def test_tokens_are_passed_on_as_tokens() -> None:
    model = Model()

    async def talk(post: Post, _: RedisServer) -> None:
        await post([1, 2, 3])
        assert lengths(await post([[1, 2], [1, 2, 3]])) == [2, 3]

    through(model, talk)
    assert model.inputs == [[1, 2, 3], [[1, 2]]]


def test_an_error_names_the_place_in_what_the_client_sent() -> None:
    model = Model()

    async def talk(post: Post, _: RedisServer) -> None:
        await post(["a", "bb"])
        refused = await post(["a", "bb", "bad"])
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad")
        assert refused.json()["error"]["message"] == "input[2] is bad"

    through(model, talk)
    assert model.inputs == [["a", "bb"], ["bad"], ["a", "bb", "bad"]]


@pytest.mark.parametrize(("status", "seen"), [(b"429 Slow Down", 429), (b"500 Oh", 500), (b"401 No", 502)])
def test_an_upstream_that_fails_is_not_asked_again(status: bytes, seen: int) -> None:
    model = Model()

    async def talk(post: Post, _: RedisServer) -> None:
        await post("a")
        model.answer = lambda _: as_json({"error": {"message": "no"}}, status, CLOSING)  # type: ignore[method-assign,assignment]
        assert (await post(["a", "bb"])).status_code == seen
        assert outcome(await post("a")) == "HIT"

    through(model, talk)
    assert model.inputs == ["a", ["bb"]]


def test_what_only_the_upstream_understands_goes_there_as_it_is() -> None:
    model = Model()

    async def talk(post: Post, _: RedisServer) -> None:
        for _again in range(2):
            answer = await post(["a"], task="query")
            assert (answer.status_code, "x-cache" in answer.headers) == (200, False), answer.text

    through(model, talk)
    assert [fields["task"] for fields in model.asked] == ["query", "query"]


def test_an_upstream_is_asked_for_all_while_redis_is_away() -> None:
    model = Model()

    async def talk(post: Post, server: RedisServer) -> None:
        await post(["a", "bb"])
        server.kill()
        assert lengths(await post(["bb", "a"])) == [2, 1]

    through(model, talk)
    assert model.inputs == [["a", "bb"], ["bb", "a"]]


OTHERS = [None, "", [], [""], ["a", 1], [[1], []], [True], {"a": 1}, [["a"]], [1, "a"]]


@pytest.mark.parametrize("given", OTHERS)
def test_an_input_that_may_be_wrong_is_left_to_the_upstream(given: Any) -> None:
    assert inputs_of({"model": "m", "input": given}) is None


ANSWERS: list[Json] = [
    {},
    {"data": []},
    {"data": [{"index": 1, "embedding": [1.0]}]},
    {"data": [{"index": 0, "embedding": []}]},
    {"data": [{"index": 0, "embedding": "AAA="}]},
    {"data": [{"index": 0, "embedding": "no base64"}]},
    {"data": [{"index": 0, "embedding": ["a"]}]},
    {"data": [{"index": 0, "embedding": [1e300]}]},
    {"data": [{"index": 0, "embedding": None}]},
    {"data": [{"index": 0, "embedding": [1.0]}], "usage": {}},
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_without_a_vector_for_each_input_is_broken(answer: Json) -> None:
    with pytest.raises(UpstreamBroken):
        embedded({"usage": {"prompt_tokens": 1}, **answer}, ["a"])


@given(st.integers(0, 10_000), st.lists(st.integers(1, 99), min_size=1))
def test_shares_are_whole_and_add_up(total: int, weights: list[int]) -> None:
    found = shares(total, weights)
    assert sum(found) == total
    assert all(abs(share - total * weight / sum(weights)) < 1 for share, weight in zip(found, weights, strict=True))
