"""Multipart forms (RFC 7578): bytes to parts."""

import re
from dataclasses import dataclass

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_NAME = re.compile(rb'\bname="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_FILENAME = re.compile(rb'\bfilename="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a form, or a file: then it has a *filename*."""

    name: str
    content: bytes
    filename: str | None = None


def parse(content_type: str | None, body: bytes) -> tuple[Part, ...]:
    """Return the parts of a form; none of what is no form, or has lost its end."""
    boundary = _BOUNDARY.search(content_type or "")
    if boundary is None or not (content_type or "").lower().startswith("multipart/form-data"):
        return ()
    mark = b"--" + boundary[1].strip().encode()
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        return ()
    return tuple(part for piece in pieces[1:-1] if (part := _part(piece)))


def _part(piece: bytes) -> Part | None:
    head, blank, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    name, filename = _NAME.search(head), _FILENAME.search(head)
    if not blank or name is None:
        return None
    return Part(_text(name[1]), content, _text(filename[1]) if filename else None)


def _text(quoted: bytes) -> str:
    return quoted.decode("utf-8", "replace").replace("%22", '"').replace('\\"', '"')
