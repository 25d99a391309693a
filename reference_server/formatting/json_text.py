"""JSON as it goes out: compact, UTF-8, no NaN."""

import json
from typing import Any

encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_text(value: Any) -> str:
    """Encode a value."""
    return encoder.encode(value)


def to_bytes(value: Any) -> bytes:
    """Encode a value as a response body."""
    return encoder.encode(value).encode()
