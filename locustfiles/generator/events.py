"""Server-sent events under load: a body and its reads to pieces of data, each with its time."""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

_BLANK = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?:\r\n|\r(?!\n)|\n)")
_LINE = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
DONE = b"[DONE]"

Timed = tuple[float, bytes]


def events(body: bytes | bytearray, reads: Sequence[tuple[float, int]]) -> list[Timed]:
    """Return the data of each event, and when the last byte of it came; what has no data is left out."""
    found: list[Timed] = []
    coming = iter(reads)
    at, upto = 0.0, 0
    for event, end in _split(bytes(body)):
        while upto < end:
            at, size = next(coming, (at, end))
            upto += size
        if event.startswith(b"data: ") and b"\n" not in event and b"\r" not in event:
            found.append((at, event[6:]))
        elif (data := _data(event)) is not None:
            found.append((at, data))
    return found


def _split(body: bytes) -> Iterable[tuple[bytes, int]]:
    """Return each event that a blank line ends, and where it ends."""
    if b"\r" in body:
        ends = [blank.span() for blank in _BLANK.finditer(body)]
        starts = [0, *(end for _, end in ends)]
        return [(body[start:blank], end) for start, (blank, end) in zip(starts, ends, strict=False)]
    pieces = body.split(b"\n\n")[:-1]
    return zip(pieces, accumulate(len(piece) + 2 for piece in pieces), strict=True)


def _data(event: bytes) -> bytes | None:
    """Join the data lines of an event; None where there is none."""
    lines = _LINE.split(event.removeprefix(_BOM))
    values = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    return b"\n".join(values) if values else None
