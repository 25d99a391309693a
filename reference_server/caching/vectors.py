"""Embeddings by what they embed, vector by vector."""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from struct import pack, unpack
from typing import NamedTuple

from reference_server.caching.values import Values

Input = str | tuple[int, ...]
"""A text, or its tokens."""
Compute = Callable[[Sequence[Input]], Awaitable[Sequence[bytes]]]
"""Embeds inputs; gives each vector packed."""
FLOAT = 4


class Vectors(NamedTuple):
    """Packed vectors in the order of the inputs, and how many of them were kept."""

    packed: list[bytes]
    hits: int


class VectorCache:
    """Vectors, so that a batch is computed only in the part that is new.

    They are shared by all API keys: a vector depends on its model and its input alone, and only who has the input can
    ask for it.
    """

    def __init__(self, values: Values) -> None:
        """Keep them among these values."""
        self._values = values

    async def embed(self, model: str, dimensions: int, inputs: Sequence[Input], compute: Compute) -> Vectors:
        """Return the vectors of all inputs; `compute` is given those that are new, each once, if there are any.

        `model` is the one that computes, with its engine: two engines' vectors are not alike.
        """
        keys = [vector_key(model, dimensions, each) for each in inputs]
        kept = zip(keys, await self._values.read(keys), strict=True)
        found = {key: packed for key, packed in kept if packed and len(packed) == FLOAT * dimensions}
        hits = sum(key in found for key in keys)
        new = {key: each for key, each in zip(keys, inputs, strict=True) if key not in found}
        if new:
            computed = dict(zip(new, await compute(list(new.values())), strict=True))
            await self._values.write(computed)
            found |= computed
        return Vectors([found[key] for key in keys], hits)


def vector_key(model: str, dimensions: int, each: Input) -> str:
    """Name a vector; a text and the tokens it has are different inputs."""
    return sha256(repr((model, dimensions, each)).encode()).hexdigest()


def packed(vector: Sequence[float]) -> bytes:
    """Return a vector as 32-bit floats, little end first: as embeddings in base64 have them."""
    return pack(f"<{len(vector)}f", *vector)


def unpacked(vector: bytes) -> tuple[float, ...]:
    """Return the numbers of a packed vector."""
    return unpack(f"<{len(vector) // FLOAT}f", vector)
