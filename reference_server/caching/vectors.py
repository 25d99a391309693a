"""Embeddings by what they embed, vector by vector."""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from struct import pack, unpack_from
from typing import NamedTuple

from reference_server.caching.values import Values
from reference_server.engines.embedding import Embedding
from reference_server.protocol.openai_embeddings import Input

Compute = Callable[[Sequence[Input]], Awaitable[Sequence[Embedding]]]
"""Embeds inputs, in their order."""
TOKENS = "<I"
HEAD = 4


class Embedded(NamedTuple):
    """Embeddings in the order of the inputs, and how many of them were kept."""

    embeddings: list[Embedding]
    hits: int


class VectorCache:
    """Vectors, so that a batch is computed only in the part that is new.

    They are shared by all API keys: a vector depends on its variety and its input alone, and only who has the input
    can ask for it.
    """

    def __init__(self, values: Values) -> None:
        """Keep them among these values."""
        self._values = values

    async def embed(self, variety: str, inputs: Sequence[Input], compute: Compute) -> Embedded:
        """Return the embeddings of all inputs; `compute` is given those that are new, each once, if there are any.

        Vectors of one variety can be compared: they are of one engine, one model, one number of dimensions.
        """
        keys = [vector_key(variety, each) for each in inputs]
        kept = zip(keys, await self._values.read(keys), strict=True)
        found = {key: from_bytes(value) for key, value in kept if value}
        hits = sum(key in found for key in keys)
        new = {key: each for key, each in zip(keys, inputs, strict=True) if key not in found}
        if new:
            computed = dict(zip(new, await compute(list(new.values())), strict=True))
            await self._values.write({key: to_bytes(each) for key, each in computed.items()})
            found |= computed
        return Embedded([found[key] for key in keys], hits)


def vector_key(variety: str, each: Input) -> str:
    """Name a vector; a text and the tokens it has are different inputs."""
    return sha256(repr((variety, each)).encode("utf-8", "surrogatepass")).hexdigest()


def to_bytes(embedding: Embedding) -> bytes:
    """Return an embedding as it is kept."""
    return pack(TOKENS, embedding.tokens) + embedding.packed


def from_bytes(kept: bytes) -> Embedding:
    """Read what `to_bytes` wrote."""
    return Embedding(kept[HEAD:], unpack_from(TOKENS, kept)[0])
