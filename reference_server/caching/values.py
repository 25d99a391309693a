"""Bytes by key, kept for a while."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from reference_server.redis_link import RedisLink, Unreachable

AT_ONCE = 32
"""Values in one call: so many large vectors are read well within a call's budget."""


class Values(Protocol):
    """Bytes by key; whatever it holds may be gone at any time."""

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key, None where there is none."""
        ...

    async def write(self, values: Mapping[str, bytes]) -> None:
        """Keep values."""
        ...


class RedisValues:
    """Values in Redis, for all workers and nodes; while Redis is away there are none.

    How much it holds altogether is bounded by Redis' own `maxmemory`, with `allkeys-lru`.
    """

    def __init__(self, link: RedisLink, room: str, lasting: float) -> None:
        """`room` keeps the keys of different caches apart; each value lives for `lasting` seconds."""
        self._link = link
        self._prefix = f"coze:{room}:"
        self._milliseconds = int(1000 * lasting)

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key, None where there is none."""
        names = [self._prefix + key for key in keys]
        found: list[bytes | None] = []
        with suppress(Unreachable):
            for start in range(0, len(names), AT_ONCE):
                found += await self._link.read(names[start : start + AT_ONCE])
        return found + [None] * (len(names) - len(found))

    async def write(self, values: Mapping[str, bytes]) -> None:
        """Keep values."""
        named = [(self._prefix + key, value) for key, value in values.items()]
        with suppress(Unreachable):
            for start in range(0, len(named), AT_ONCE):
                await self._link.write(dict(named[start : start + AT_ONCE]), self._milliseconds)
