"""Server-sent events under load: a body and its reads to pieces of data, each with its time."""

import re
from collections.abc import Iterator, Sequence

_BLANK = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?:\r\n|\r(?!\n)|\n)")
_LINE = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
DONE = b"[DONE]"

Timed = tuple[float, bytes]


def events(body: bytes | bytearray, reads: Sequence[tuple[float, int]]) -> list[Timed]:
    """Return the data of each event, and when the last byte of it came; what has no data is left out."""
    whole = bytes(body)
    times = _Times(reads)
    found: list[Timed] = []
    for event, end in _split(whole):
        data = event[6:] if event.startswith(b"data: ") and b"\n" not in event and b"\r" not in event else _data(event)
        if data is not None:
            found.append((times(end), data))
    return found


def _split(body: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each event that a blank line ends, and where it ends."""
    if b"\r" not in body:
        end = 0
        for event in body.split(b"\n\n")[:-1]:
            end += len(event) + 2
            yield event.lstrip(b"\n"), end
        return
    start = 0
    for blank in _BLANK.finditer(body):
        yield body[start : blank.start()].lstrip(b"\r\n"), blank.end()
        start = blank.end()


class _Times:
    """Tells when a byte came; asked in the order of the body."""

    def __init__(self, reads: Sequence[tuple[float, int]]) -> None:
        self._reads = iter(reads)
        self._at, self._upto = 0.0, 0

    def __call__(self, end: int) -> float:
        while self._upto < end:
            step = next(self._reads, None)
            if step is None:
                break
            self._at = step[0]
            self._upto += step[1]
        return self._at


def _data(event: bytes) -> bytes | None:
    """Join the data lines of an event; None where there is none."""
    lines = _LINE.split(event.removeprefix(_BOM))
    values = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    return b"\n".join(values) if values else None
