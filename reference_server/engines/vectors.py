"""Embeddings without a model: words hashed to places, so that like texts lie near each other."""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import shake_256
from math import sqrt
from struct import unpack

WORD = re.compile(r"\w+")
PLACES = 24
"""How many dimensions a word moves."""
NOISE = 0.02
"""How much a text's own spelling counts beside its words."""
HALF = 2**15


def vector(model: str, text: str, size: int, dimensions: int) -> tuple[float, ...]:
    """Return a vector of length 1: that of `size` dimensions, cut to the first of them and stretched again."""
    whole = own(model, text, size)
    for word in WORD.findall(text.lower()):
        for place, sign in moves(model, word, size):
            whole[place] += sign
    return unit(whole[:dimensions])


def own(model: str, text: str, size: int) -> list[float]:
    """Return what depends on the whole text, down to a blank: small numbers in all dimensions."""
    digest = shake_256(f"{model}\0{text}".encode("utf-8", "surrogatepass")).digest(2 * size)
    return [NOISE * number / HALF for number in unpack(f"<{size}h", digest)]


@lru_cache(maxsize=65_536)
def moves(model: str, word: str, size: int) -> tuple[tuple[int, float], ...]:
    """Return the dimensions that a word moves, and whether up or down."""
    digest = shake_256(f"{model}\0word\0{word}".encode("utf-8", "surrogatepass")).digest(4 * PLACES)
    numbers = unpack(f"<{PLACES}I", digest)
    return tuple((number // 2 % size, 1.0 if number % 2 else -1.0) for number in numbers)


def unit(numbers: Iterable[float]) -> tuple[float, ...]:
    """Return numbers stretched to length 1."""
    kept = tuple(numbers)
    length = sqrt(sum(number * number for number in kept)) or 1.0
    return tuple(number / length for number in kept)
