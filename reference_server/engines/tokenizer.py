"""The o200k_base vocabulary, as gpt-4o uses it."""

from functools import cache

import splintr


@cache
def vocabulary() -> splintr.AnyTokenizer:
    """Load the vocabulary, once: it takes some 60 ms, and the first text that is not ASCII another 200."""
    loaded = splintr.Tokenizer.from_pretrained("o200k_base")
    loaded.encode_ordinary("\u00e9")
    return loaded


def encode(text: str) -> list[int]:
    """Return the token ids of a text; spelled-out special tokens are ordinary text."""
    return list(vocabulary().encode_ordinary(text))


@cache
def token_bytes(token: int) -> bytes:
    """Return the bytes a token stands for, which may end inside a character."""
    return bytes(vocabulary().decode_token_bytes(token))
