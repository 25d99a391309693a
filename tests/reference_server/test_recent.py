"""Caches in a worker's own memory, bounded in bytes."""

import asyncio

import pytest

from reference_server.caching import MemoryValues, Recent
from reference_server.caching.memory import EXPANSION, OVERHEAD

SMALL = EXPANSION * 1 + OVERHEAD


def upper(name: str) -> str:
    return name.upper()


def whole(digits: str) -> int:
    return int(digits)


def test_what_was_returned_lately_is_not_computed_again() -> None:
    computed = list[bytes]()

    def measured(body: bytes) -> int:
        computed.append(body)
        return len(body)

    recent = Recent(measured, 10 * SMALL)
    assert [recent(b"ab"), recent(b"ab"), recent(b"abc")] == [2, 2, 3]
    assert computed == [b"ab", b"abc"]
    assert (recent.hits, recent.misses) == (1, 2)


def test_the_least_recently_used_goes_first() -> None:
    recent = Recent(upper, 2 * SMALL)
    for name in ("a", "b", "a", "c", "a", "b"):
        recent(name)
    assert (recent.hits, recent.misses) == (2, 4)


def test_what_is_larger_than_the_cache_is_not_kept() -> None:
    recent = Recent(upper, SMALL)
    assert [recent("ab"), recent("ab")] == ["AB", "AB"]
    assert recent.hits == 0


def test_what_is_raised_is_not_kept() -> None:
    recent = Recent(whole, 10 * SMALL)
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            recent("x")
    assert recent.misses == 2


def test_values_live_for_their_time() -> None:
    async def scenario() -> None:
        now = 0.0
        values = MemoryValues(10_000, 300, lambda: now)
        await values.write({"one": b"1"})
        now = 299.0
        assert await values.read(["one", "two"]) == [b"1", None]
        now = 301.0
        assert await values.read(["one"]) == [None]

    asyncio.run(scenario())


def test_values_are_bounded_in_bytes() -> None:
    async def scenario() -> None:
        values = MemoryValues(2 * (OVERHEAD + 10), 300, lambda: 0.0)
        for number in range(5):
            await values.write({f"{number}": bytes(10)})
        await values.write({"large": bytes(2000)})
        kept = await values.read([*"01234", "large"])
        assert [value is not None for value in kept] == [False, False, False, True, True, False]

    asyncio.run(scenario())
