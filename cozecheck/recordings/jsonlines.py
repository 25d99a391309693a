"""Exchanges, one JSON object a line: read while the file is."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO, Any, Final

from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange
from cozecheck.recordings import parts
from cozecheck.recordings.documents import parse_json
from cozecheck.recordings.recording import Recording

FORMAT: Final = "jsonl"
MAX_LINE: Final = 256 * 1024 * 1024


def read(start: bytes, file: IO[bytes], name: str, where: str) -> Iterator[Recording]:
    """Yield the recordings of *start* and a file, each with `NAME:LINE` as its id; raises UsageError for what is none.

    *start* is what has been read of the file, not beyond its first line that is not blank.
    """
    for number, line in enumerate(_lines(start, file, where), 1):
        if line.strip():
            place = f"{where}:{number}"
            yield _recording(_object(line, place), f"{name}:{number}", place)


def _lines(start: bytes, file: IO[bytes], where: str) -> Iterator[bytes]:
    for line in BytesIO(start):
        yield line if line.endswith(b"\n") else line + file.readline(MAX_LINE)
    while line := file.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise UsageError(f"{where}: a line of more than {MAX_LINE:,} bytes")
        yield line


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        value = parse_json(line, where)
    except UsageError as error:
        raise UsageError(f"{error}; one exchange a line is expected") from None
    if not isinstance(value, dict):
        raise UsageError(f"{where}: an object with request and response is expected, this is a {type(value).__name__}")
    return value


def _recording(value: Mapping[str, Any], id: str, where: str) -> Recording:
    asked = parts.mapping(value.get("request"), f"{where}: request")
    answered = parts.mapping(value.get("response"), f"{where}: response")
    at_request, at_response = f"{where}: request", f"{where}: response"
    exchange = Exchange(
        parts.request(
            asked.get("method"),
            asked.get("url"),
            parts.header_lines(asked.get("headers"), f"{at_request}.headers"),
            _body(asked, at_request),
            at_request,
        ),
        parts.response(
            answered.get("status"),
            parts.header_lines(answered.get("headers"), f"{at_response}.headers"),
            _body(answered, at_response),
            at_response,
            parts.reads(answered.get("reads"), at_response),
        ),
        failure=parts.failure(value.get("failure"), f"{where}: failure"),
        id=id,
        left=value.get("left") is True,
    )
    return parts.recording(
        exchange,
        FORMAT,
        at=value.get("at", value.get("date")),
        provenance=value.get("provenance", ""),
        notes=value.get("notes"),
    )


def _body(part: Mapping[str, Any], where: str) -> bytes | str:
    body = part.get("body")
    if body is None:
        return b""
    said = parts.text(body, f"{where}.body")
    return parts.unpacked(said, f"{where}.body") if part.get("body_kind") == "base64" else said
