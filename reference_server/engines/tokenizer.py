"""The o200k_base vocabulary, as gpt-4o uses it."""

from collections.abc import Sequence
from functools import cache, lru_cache

import splintr

SHORT, KEPT = 1_000, 1_024
"""So many texts of at most so many characters are not encoded again: roles, names, instructions."""


@cache
def vocabulary() -> splintr.AnyTokenizer:
    """Load the vocabulary, once: it takes some 60 ms, and the first text that is not ASCII another 200."""
    loaded = splintr.Tokenizer.from_pretrained("o200k_base")
    loaded.encode_ordinary("\u00e9")
    return loaded


def encode(text: str) -> Sequence[int]:
    """Return the token ids of a text; spelled-out special tokens are ordinary text."""
    return encoded(text) if len(text) > SHORT else encoded_lately(text)


def encoded(text: str) -> tuple[int, ...]:
    """Encode."""
    return tuple(vocabulary().encode_ordinary(text))


encoded_lately = lru_cache(KEPT)(encoded)


@cache
def token_bytes(token: int) -> bytes:
    """Return the bytes a token stands for, which may end inside a character."""
    return bytes(vocabulary().decode_token_bytes(token))
