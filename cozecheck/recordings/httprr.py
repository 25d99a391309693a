"""What Go's httprr records: requests and responses as they went over the wire."""

import re
from collections.abc import Iterator
from typing import Final

from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange, Headers
from cozecheck.recordings import parts
from cozecheck.recordings.recording import Recording

MAGIC: Final = b"httprr trace v1\n"
_SIZES: Final = re.compile(rb"(\d{1,12}) (\d{1,12})\n")
_NEXT: Final = re.compile(rb"\d{1,12} \d{1,12}\n[A-Z]+ https?://")
_ANSWER: Final = re.compile(rb"HTTP/\d(?:\.\d)? \d{3} ")


def read(document: bytes, name: str, where: str) -> Iterator[Recording]:
    """Yield the recordings of a trace, each with `NAME:NUMBER` as its id; raises UsageError for what is none."""
    at, number = len(MAGIC), 0
    while at < len(document):
        number += 1
        place = f"{where}: exchange {number}"
        begin, middle, end = _bounds(document, at, place)
        yield _recording(document[begin:middle], document[middle:end], f"{name}:{number}", place)
        at = end


def _bounds(document: bytes, at: int, where: str) -> tuple[int, int, int]:
    """Return where a request begins, its response, and what follows: by the two sizes that stand at *at*.

    Where a scrubber made them wrong, by sight.
    """
    sizes = _SIZES.match(document, at)
    if sizes is None:
        raise UsageError(f"{where}: two sizes are expected")
    middle = sizes.end() + int(sizes[1])
    end = middle + int(sizes[2])
    if not (_ANSWER.match(document, middle) and (end == len(document) or _SIZES.match(document, end))):
        answer = _ANSWER.search(document, sizes.end())
        if answer is None:
            raise UsageError(f"{where}: a request and its response are expected")
        middle = answer.start()
        following = _NEXT.search(document, middle)
        end = following.start() if following else len(document)
    return sizes.end(), middle, end


def _recording(asked: bytes, answered: bytes, id: str, where: str) -> Recording:
    first, headers, body = _message(asked, f"{where}: request")
    method, url = (*first.split(" "), "")[:2]
    status_line, answer_headers, answer = _message(answered, f"{where}: response")
    status = status_line.split(" ")[1] if " " in status_line else ""
    code = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else None
    exchange = Exchange(
        parts.request(method, url, headers, body, f"{where}: request"),
        parts.response(code, answer_headers, answer, f"{where}: response"),
        id=id,
    )
    return parts.recording(exchange, "httprr")


def _message(raw: bytes, where: str) -> tuple[str, Headers, bytes]:
    head, blank, body = raw.partition(b"\r\n\r\n")
    if not blank:
        raise UsageError(f"{where}: a head and a blank line are expected")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first, parts.header_lines({name: value.strip() for name, _, value in pairs}, where), body
