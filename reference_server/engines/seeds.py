"""Choices out of a seed: the same seed, the same choices."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

WORDS = ("harbour", "lantern", "orchard", "meadow", "bridge", "copper", "winter", "letter",
         "garden", "signal", "market", "river", "window", "thread", "paper", "stone")  # fmt: skip


class Seed:
    """An endless source of small choices."""

    def __init__(self, start: bytes) -> None:
        """`start` decides everything."""
        self._start = start
        self._drawn = 0

    def between(self, least: int, most: int) -> int:
        """Choose a whole number, both ends included."""
        self._drawn += 1
        digest = blake2b(self._start + self._drawn.to_bytes(8, "big"), digest_size=8).digest()
        return least + int.from_bytes(digest, "big") % (most - least + 1)

    def one_of(self, values: Sequence[T]) -> T:
        """Choose one of some values."""
        return values[self.between(0, len(values) - 1)]

    def word(self) -> str:
        """Choose a word."""
        return self.one_of(WORDS)
