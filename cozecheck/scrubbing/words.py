"""Texts cut up: numbers apart, and the long words among which keys and base64 are."""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

SHORTEST_KEY: Final = 11
_VECTOR: Final = 1 << 16
"""Bytes from which on numbers are told from text: those of a vector hide nothing, and there are many."""
_NUMBERS: Final = re.compile(rb"([-+0-9.eE,\s\[\]]{512,})")
_OF_NUMBERS: Final = b"0123456789.,-+ \n\r\t[]eE"
_ROWS: Final = re.compile(
    rb"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{60,76}+(?:\\+r)?(?:\\+n|\r?\n[ ]*))+[A-Za-z0-9+/]++={0,2}"
)
_END_OF_ROW: Final = re.compile(rb"[\r\n\\](?<=[A-Za-z0-9+/]{60}.)", re.S)
_BREAK: Final = re.compile(rb"(?:\\+r)?\\+n|\r?\n[ ]*")


@cache
def long(least: int) -> re.Pattern[bytes]:
    """Return a pattern for words of *least* characters and more, its group 1; before the end it matches nothing."""
    # Most of a text is short words: they are passed over in one go. An escape is no part of the word after it.
    return re.compile(
        rb"(?:[^-A-Za-z0-9+/_.=\\%%]++|\\(?:u[0-9A-Fa-f]{4}|[bfnrt])?|%%(?:[0-9A-Fa-f]{2})?"
        rb"|[-A-Za-z0-9+/_.=]{1,%d}+(?![-A-Za-z0-9+/_.=]))*+([-A-Za-z0-9+/_.=]{%d,}+|\Z)" % (least - 1, least)
    )


def joined(data: bytes, change: Callable[[bytes], bytes | None]) -> bytes:
    """Return the data with what *change* makes of base64 in lines of one length, as mail and YAML have it."""
    if not _END_OF_ROW.search(data):
        return data
    return _ROWS.sub(lambda found: change(_BREAK.sub(b"", found[0])) or found[0], data)


def rows(data: bytes) -> list[bytes]:
    """Return what stands in lines of base64."""
    found: list[bytes] = []
    joined(data, found.append)
    return found


def apart(data: bytes) -> list[bytes]:
    """Return texts and, between them, at the odd places, long lists of numbers."""
    if len(data) < _VECTOR or len(data.translate(None, _OF_NUMBERS)) * 4 > len(data):
        return [data]
    return _NUMBERS.split(data)
