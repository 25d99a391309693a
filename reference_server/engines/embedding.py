"""What is to be embedded, to vectors: tokens are read, texts counted."""

from dataclasses import dataclass

from reference_server.engines.older_tokenizer import MOST, decode, encode
from reference_server.engines.vectors import vector
from reference_server.errors import InputsTooLong, UnknownToken
from reference_server.protocol.openai_embeddings import SIZES, EmbeddingRequest, Input

LONGEST = 8192
"""Tokens of one input."""
LONGEST_TOGETHER = 300_000
"""Tokens of all inputs of a request."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors, in the order of the inputs, and the tokens they cost."""

    vectors: tuple[tuple[float, ...], ...]
    tokens: int


def embed(asked: EmbeddingRequest) -> Embedded:
    """Embed every input; tokens are those of cl100k_base, and mean what their text means."""
    counts = [count(each) for each in asked.inputs]
    if max(counts) > LONGEST:
        raise InputsTooLong(LONGEST, max(counts))
    if sum(counts) > LONGEST_TOGETHER:
        raise InputsTooLong(LONGEST_TOGETHER, sum(counts))
    size = SIZES[asked.model]
    texts = [text_of(each) for each in asked.inputs]
    return Embedded(tuple(vector(asked.model, text, size, asked.dimensions) for text in texts), sum(counts))


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
