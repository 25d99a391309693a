"""Caches in a worker's own memory, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from cachetools import TTLCache

K = TypeVar("K", bound=bytes | str)
V = TypeVar("V")

OVERHEAD = 512
"""Bytes that an entry costs beside its content, roughly."""
EXPANSION = 4
"""How much more room than its bytes an argument takes with what was made of it, roughly."""

A_PROMPT = 16 * 1024
"""Bytes that a prompt is taken for, where their number is configured."""


class Entry(NamedTuple, Generic[V]):
    """A value, and the bytes that it is taken for."""

    value: V
    size: int


class Recent(Generic[K, V]):
    """What a function returned lately, by its argument: parsed bodies, route decisions.

    The function must depend on nothing else, and return values that nobody changes. What it raises is not kept.
    After a reload of routes, make another.
    """

    def __init__(self, compute: Callable[[K], V], most_bytes: int) -> None:
        """Beyond `most_bytes` the least recently used go first."""
        self._compute = compute
        self._most_bytes = most_bytes
        self._entries: OrderedDict[K, Entry[V]] = OrderedDict()
        self._bytes = 0
        self.hits = 0
        self.misses = 0

    def __call__(self, argument: K) -> V:
        """Return what the function returns."""
        entry = self._entries.get(argument)
        if entry is not None:
            self.hits += 1
            self._entries.move_to_end(argument)
            return entry.value
        self.misses += 1
        entry = Entry(self._compute(argument), EXPANSION * len(argument) + OVERHEAD)
        if entry.size <= self._most_bytes:
            self._keep(argument, entry)
        return entry.value

    def _keep(self, argument: K, entry: Entry[V]) -> None:
        self._entries[argument] = entry
        self._bytes += entry.size
        while self._bytes > self._most_bytes:
            _, oldest = self._entries.popitem(last=False)
            self._bytes -= oldest.size


def remembering(compute: Callable[[bytes], V], prompts: int) -> Callable[[bytes], V]:
    """Return a function that keeps what it made of about so many bodies; of none, the function itself."""
    return Recent(compute, prompts * A_PROMPT) if prompts else compute


class MemoryValues:
    """Values of one worker, for as long as Redis is not configured."""

    def __init__(self, most_bytes: int, lasting: float, clock: Callable[[], float]) -> None:
        """Each lives for `lasting` seconds; beyond `most_bytes` the least recently used go first."""
        self._most_bytes = most_bytes
        self._kept: TTLCache[str, bytes] = TTLCache(most_bytes, lasting, clock, lambda value: len(value) + OVERHEAD)

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key, None where there is none."""
        return [self._kept.get(key) for key in keys]

    async def write(self, values: Mapping[str, bytes]) -> None:
        """Keep values, those that are not too large."""
        for key, value in values.items():
            if len(value) + OVERHEAD <= self._most_bytes:
                self._kept[key] = value
