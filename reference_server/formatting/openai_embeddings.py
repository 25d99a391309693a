"""Vectors to OpenAI's list of embeddings."""

import base64
from collections.abc import Sequence
from struct import unpack
from typing import Any

from reference_server.engines.embedding import Embedding
from reference_server.formatting.json_text import to_bytes

DIGITS = 8
"""Significant digits that tell 32-bit floats apart by 1e-8 of their size."""


def embeddings(model: str, embedded: Sequence[Embedding], *, as_base64: bool) -> bytes:
    """Return the list, with what it cost."""
    write = in_base64 if as_base64 else in_numbers
    data = [
        {"object": "embedding", "index": index, "embedding": write(each.packed)} for index, each in enumerate(embedded)
    ]
    tokens = sum(each.tokens for each in embedded)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return to_bytes({"object": "list", "data": data, "model": model, "usage": usage})


def in_base64(packed: bytes) -> str:
    """Return a vector's 32-bit floats in base64."""
    return base64.b64encode(packed).decode()


def in_numbers(packed: bytes) -> list[Any]:
    """Return a vector as JSON numbers: its 32-bit floats, rounded to their last digits."""
    return [float(f"{number:.{DIGITS}g}") for number in unpack(f"<{len(packed) // 4}f", packed)]
