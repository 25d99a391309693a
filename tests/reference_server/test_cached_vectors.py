"""Embeddings by what they embed, vector by vector, in a real Redis."""

import asyncio
from collections.abc import Sequence

from reference_server.caching import RedisValues, VectorCache
from reference_server.engines.embedding import Embedding
from reference_server.protocol.openai_embeddings import Input
from reference_server.redis_link import RedisLink
from tests.redis_server import RedisServer, redis_server

AMPLE = 20.0


class Engine:
    """Embeds each input as itself, and notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[list[Input]] = []

    async def __call__(self, inputs: Sequence[Input]) -> list[Embedding]:
        self.asked.append(list(inputs))
        return [Embedding(repr(each).encode(), len(each)) for each in inputs]


async def embedded(server: RedisServer, *batches: list[Input], model: str = "base/small") -> tuple[list[int], Engine]:
    """Return how much of each batch was kept."""
    link, engine = RedisLink(server.url, budget=AMPLE), Engine()
    cache = VectorCache(RedisValues(link, "vectors", 60))
    hits = []
    for batch in batches:
        vectors = await cache.embed(model, batch, engine)
        assert vectors.embeddings == [Embedding(repr(each).encode(), len(each)) for each in batch]
        hits.append(vectors.hits)
    await link.close()
    return hits, engine


def test_a_batch_is_computed_only_in_the_part_that_is_new() -> None:
    with redis_server() as server:
        hits, engine = asyncio.run(embedded(server, ["a", "bb"], ["ccc", "a", "dddd"]))
    assert hits == [0, 1]
    assert engine.asked == [["a", "bb"], ["ccc", "dddd"]]


def test_a_batch_that_is_kept_whole_is_not_computed() -> None:
    with redis_server() as server:
        hits, engine = asyncio.run(embedded(server, ["a", "bb"], ["bb", "a"]))
    assert hits == [0, 2]
    assert engine.asked == [["a", "bb"]]


def test_an_input_that_comes_twice_is_computed_once() -> None:
    with redis_server() as server:
        _, engine = asyncio.run(embedded(server, ["a", "a", "bb"]))
    assert engine.asked == [["a", "bb"]]


def test_texts_and_tokens_are_different_inputs() -> None:
    with redis_server() as server:
        hits, _ = asyncio.run(embedded(server, ["(1, 2)"], [(1, 2)], [(1, 2, 3)], ["[1, 2]"]))
    assert hits == [0, 0, 0, 0]


def test_each_model_has_vectors_of_its_own() -> None:
    with redis_server() as server:
        asyncio.run(embedded(server, ["a"]))
        hits, _ = asyncio.run(embedded(server, ["a"], model="other/small"))
    assert hits == [0]


def test_a_batch_of_more_than_one_call_comes_back_in_order() -> None:
    batch: list[Input] = ["x" * number for number in range(1, 200)]
    with redis_server() as server:
        hits, _ = asyncio.run(embedded(server, batch, list(reversed(batch))))
    assert hits == [0, 199]


def test_without_redis_everything_is_computed() -> None:
    with redis_server() as server:
        server.kill()
        hits, engine = asyncio.run(embedded(server, ["a"], ["a"]))
    assert hits == [0, 0]
    assert engine.asked == [["a"], ["a"]]


def test_a_lone_surrogate_is_an_input_like_any_other() -> None:
    with redis_server() as server:
        hits, _ = asyncio.run(embedded(server, ["\ud800"], ["\ud800"]))
    assert hits == [0, 1]
