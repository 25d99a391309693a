"""What a request may cost, before it is known."""

from collections.abc import Mapping
from typing import Any

CHARACTERS_A_TOKEN = 4
"""OpenAI's own rule of thumb for English."""
BOUNDS = ("max_completion_tokens", "max_tokens", "max_output_tokens")


def prompt_tokens(size: int) -> int:
    """Estimate the tokens of a body of so many bytes."""
    return size // CHARACTERS_A_TOKEN + 1


def answer_tokens(fields: Mapping[str, Any] | None) -> int:
    """Return the most tokens that an answer may have, as far as the request bounds them."""
    given = [fields[name] for name in BOUNDS if type(fields.get(name)) is int and fields[name] > 0] if fields else []
    times = fields.get("n") if fields else 1
    return min(given, default=0) * (times if type(times) is int and times > 0 else 1)
