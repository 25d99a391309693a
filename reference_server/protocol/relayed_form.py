"""Where the fields of a multipart form are, without taking it apart."""

import re

from python_multipart.multipart import parse_options_header

from reference_server.protocol.multipart import MOST_FIELDS, MOST_FILES, NotAForm

LONGEST_HEAD = 8192
NAME = re.compile(rb"\r\ncontent-disposition:[^\r\n]*;[ \t]*name=(?:\"([^\"\r\n]*)\"|([^\s;]+))", re.IGNORECASE)


def form_fields(content_type: str, body: bytes) -> dict[str, slice]:
    """Find the value of each field, by its name; of several of one name the first.

    A form without end has none. One that names its model twice is refused: another parser may take the other one.
    """
    found: dict[str, slice] = {}
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    delimiter = b"--" + boundary
    at = body.find(delimiter) if boundary else -1
    for _ in range(MOST_FILES + MOST_FIELDS):
        end = body.find(b"\r\n" + delimiter, at)
        head = body.find(b"\r\n\r\n", at, min(end, at + LONGEST_HEAD))
        if at < 0 or end < 0 or head < 0:
            return found
        if match := NAME.search(body, at, head):
            name = (match[1] or match[2] or b"").decode("utf-8", "replace")
            if name == "model" and name in found:
                raise NotAForm("'model' is given twice.")
            found.setdefault(name, slice(head + 4, end))
        at = end + 2
    raise NotAForm(f"it has more than {MOST_FILES + MOST_FIELDS - 1} parts.")
