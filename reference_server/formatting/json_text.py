"""JSON as it goes out: compact, UTF-8, no NaN."""

import json
from typing import Any

import orjson

encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_text(value: Any) -> str:
    """Encode a value."""
    return to_bytes(value).decode()


def to_bytes(value: Any) -> bytes:
    """Encode a value as a response body; an infinite number is null."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # A number of more than 64 bits, which somebody else sent.
        return repeated(value)


def repeated(value: Any) -> bytes:
    """Encode a value that somebody else sent, as they did; ValueError for an infinite number."""
    return encoder.encode(value).encode()
