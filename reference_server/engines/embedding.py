"""What is to be embedded, to vectors: tokens are read, texts counted."""

from struct import pack
from typing import NamedTuple

from reference_server.engines.older_tokenizer import MOST, decode, encode
from reference_server.engines.vectors import vector
from reference_server.errors import InputsTooLong, UnknownToken
from reference_server.protocol.openai_embeddings import SIZES, EmbeddingRequest, Input

LONGEST = 8192
"""Tokens of one input."""
LONGEST_TOGETHER = 300_000
"""Tokens of all inputs of a request."""


class Embedding(NamedTuple):
    """A vector as 32-bit floats, little end first, and the tokens that its input cost."""

    packed: bytes
    tokens: int


def embed(asked: EmbeddingRequest) -> list[Embedding]:
    """Embed every input; tokens are those of cl100k_base, and mean what their text means."""
    counts = [count(each) for each in asked.inputs]
    if max(counts) > LONGEST:
        raise InputsTooLong(LONGEST, max(counts))
    refuse_long(sum(counts))
    size = SIZES[asked.model]
    texts = [text_of(each) for each in asked.inputs]
    vectors = [vector(asked.model, text, size, asked.dimensions) for text in texts]
    return [Embedding(pack(f"<{len(each)}f", *each), tokens) for each, tokens in zip(vectors, counts, strict=True)]


def refuse_long(tokens: int) -> None:
    """Refuse inputs that have too many tokens together."""
    if tokens > LONGEST_TOGETHER:
        raise InputsTooLong(LONGEST_TOGETHER, tokens)


def count(each: Input) -> int:
    """Return how many tokens an input has."""
    return len(encode(each)) if isinstance(each, str) else len(each)


def text_of(each: Input) -> str:
    """Return an input as a text, or refuse a token that is none."""
    if isinstance(each, str):
        return each
    if max(each) > MOST:
        raise UnknownToken("input", max(each), MOST)
    return decode(each)
