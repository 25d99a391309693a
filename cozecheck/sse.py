"""Server-sent events: bytes to events by the WHATWG rules, noting the variant.

WHATWG HTML, section 9.2.6: lines end in LF, CR or CRLF; a line that starts with a colon is a comment; one space
after the colon of a field is dropped; several data lines are joined by LF; a blank line dispatches.
"""

from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"
DONE = "[DONE]"
FIELDS = frozenset(("data", "event", "id", "retry"))


@dataclass(frozen=True, slots=True)
class Event:
    """One dispatched event; *start* and *end* are byte offsets in the body."""

    data: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Framing:
    """Which of the legal variants a stream used, and what is not legal in it."""

    line_ends: frozenset[str]
    spaced: bool
    comments: int
    bom: bool
    terminated: bool
    valid_utf8: bool
    stray_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """A body read as an event stream; the last event is kept even where no blank line closes it."""

    events: tuple[Event, ...]
    framing: Framing


def looks_like_stream(body: bytes) -> bool:
    """Say whether *body* begins as an event stream does, whatever its Content-Type says."""
    head = body.removeprefix(BOM).lstrip(b"\r\n")[:64]
    return head.startswith((b":", b"data:", b"event:", b"id:", b"retry:"))


def read(body: bytes) -> Stream:
    """Read a whole *body* as an event stream."""
    bom = body.startswith(BOM)
    reader = _Reader(len(BOM) if bom else 0)
    for line in body.removeprefix(BOM).splitlines(keepends=True):  # of bytes: at LF, CR and CRLF only
        reader.take(line)
    terminated = reader.finish()
    framing = Framing(
        line_ends=_line_ends(body),
        spaced=reader.spaced,
        comments=reader.comments,
        bom=bom,
        terminated=terminated,
        valid_utf8=_is_utf8(body),
        stray_lines=tuple(reader.stray),
    )
    return Stream(tuple(reader.events), framing)


class _Reader:
    """Takes the lines of a body, one by one, each with its end."""

    def __init__(self, offset: int) -> None:
        self.events: list[Event] = []
        self.spaced = True
        self.comments = 0
        self.stray: list[str] = []
        self._data: list[str] = []
        self._name = ""
        self._start = self._offset = offset

    def take(self, ended: bytes) -> None:
        self._offset += len(ended)
        line = ended.rstrip(b"\r\n")
        if line.startswith(b"data: "):  # nearly every line
            self._data.append(line[6:].decode("utf-8", "replace"))
        elif line:
            self._take_field(line.decode("utf-8", "replace"))
        else:
            self._dispatch()

    def finish(self) -> bool:
        """Dispatch what is left; return whether there was nothing."""
        terminated = not self._data
        self._dispatch()
        return terminated

    def _take_field(self, line: str) -> None:
        name, colon, value = line.partition(":")
        if not name and colon:
            self.comments += 1
        elif name == "data":
            self.spaced &= not value or value.startswith(" ")
            self._data.append(value.removeprefix(" "))
        elif name == "event":
            self._name = value.removeprefix(" ")
        elif name not in FIELDS:
            self.stray.append(line[:200])

    def _dispatch(self) -> None:
        if self._data:
            data = self._data[0] if len(self._data) == 1 else "\n".join(self._data)
            self.events.append(Event(data, self._name, self._start, self._offset))
            self._data = []
        self._name, self._start = "", self._offset


def _line_ends(body: bytes) -> frozenset[str]:
    both = body.count(b"\r\n")
    counts = {"\r\n": both, "\n": body.count(b"\n") - both, "\r": body.count(b"\r") - both}
    return frozenset(end for end, count in counts.items() if count)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
