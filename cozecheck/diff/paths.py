"""The one path language: JSON Pointers with wildcards."""

import re
from collections.abc import Iterable
from functools import lru_cache

Steps = tuple[str | int, ...]


def pointer(steps: Iterable[str | int]) -> str:
    """Return the JSON Pointer (RFC 6901) of *steps*."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def field(at: str) -> str:
    """Return *at* with the places in lists, and the counts of items, left open: what differs, wherever it stands."""
    return re.sub(r"(?<=/)\d+(?=/|$)", "*", re.sub(r" \d+(?=/|$)", " *", at))


def any_matches(patterns: tuple[str, ...], at: str) -> bool:
    """Say whether the whole of *at* fits one of the patterns."""
    return any(matches(pattern, at) for pattern in patterns)


@lru_cache(maxsize=16_384)  # a long list differs at the same few fields
def matches(pattern: str, at: str) -> bool:
    """Say whether the whole of *at* fits: `*` stands for any part of one step, `**` for any number of steps."""
    return bool(_compiled(pattern).fullmatch(at))


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    if not pattern.startswith("/"):
        return re.compile(re.escape(pattern).replace(r"\*", "[^/]*"))
    steps = pattern[1:].split("/")
    return re.compile("".join("(?:/[^/]*)*" if step == "**" else "/" + _step(step) for step in steps))


def _step(step: str) -> str:
    return re.escape(step).replace(r"\*", "[^/]*")
