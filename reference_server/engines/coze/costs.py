"""What a chat cost, wherever Coze says it."""

from collections.abc import Iterator, Mapping
from typing import Any

from reference_server.engines.delta import Usage

NAMES = (("input_count", "output_count"), ("input_tokens", "output_tokens"))
"""What tokens are called: in a chat's usage, and in an answer's `meta_data` and some of the documents."""
MOST_DIGITS = 12
Json = Mapping[str, Any]


def usage_in(value: Any) -> Usage | None:
    """Return the tokens that a usage or a message's `meta_data` tells of; nothing, or nothing but zeros, is None."""
    if not isinstance(value, dict):
        return None
    found = (Usage(prompt, completion) for prompt, completion in counts(value) if prompt or completion)
    return next(found, None)


def counts(value: Json) -> Iterator[tuple[int, int]]:
    """Yield the counts under each of the names."""
    for prompt, completion in NAMES:
        yield count(value.get(prompt)), count(value.get(completion))


def count(value: Any) -> int:
    """Return a count; Studio's are strings, and what is none is 0."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
