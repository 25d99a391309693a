"""Vectors to OpenAI's list of embeddings."""

import base64
from collections.abc import Sequence
from struct import pack, unpack
from typing import Any

from reference_server.engines.embedding import Embedded
from reference_server.formatting.json_text import to_bytes

DIGITS = 8
"""Significant digits that tell 32-bit floats apart by 1e-8 of their size."""


def embeddings(model: str, embedded: Embedded, *, as_base64: bool) -> bytes:
    """Return the list, with what it cost."""
    write = in_base64 if as_base64 else in_numbers
    data = [
        {"object": "embedding", "index": index, "embedding": write(vector)}
        for index, vector in enumerate(embedded.vectors)
    ]
    usage = {"prompt_tokens": embedded.tokens, "total_tokens": embedded.tokens}
    return to_bytes({"object": "list", "data": data, "model": model, "usage": usage})


def in_base64(vector: Sequence[float]) -> str:
    """Return a vector as 32-bit floats, little end first, in base64."""
    return base64.b64encode(pack(f"<{len(vector)}f", *vector)).decode()


def in_numbers(vector: Sequence[float]) -> list[Any]:
    """Return a vector as JSON numbers: the same 32-bit floats, rounded to their last digits."""
    exact = unpack(f"<{len(vector)}f", pack(f"<{len(vector)}f", *vector))
    return [float(f"{number:.{DIGITS}g}") for number in exact]
