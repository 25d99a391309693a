"""The cl100k_base vocabulary, as the embedding models use it."""

from collections.abc import Sequence
from functools import cache

import splintr

MOST = 100_255
"""The largest id of an ordinary token."""


@cache
def vocabulary() -> splintr.AnyTokenizer:
    """Load the vocabulary, once: it takes some 200 ms."""
    return splintr.Tokenizer.from_pretrained("cl100k_base")


def encode(text: str) -> list[int]:
    """Return the token ids of a text; spelled-out special tokens are ordinary text."""
    return list(vocabulary().encode_ordinary(text))


def decode(tokens: Sequence[int]) -> str:
    """Return the text of some tokens, none above `MOST`; what is no whole character becomes U+FFFD."""
    return b"".join(bytes(vocabulary().decode_token_bytes(token)) for token in tokens).decode("utf-8", "replace")
