"""Exchanges on disk: JSON lines, plain or gzipped, to exchanges."""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange, Headers, Read, Request, Response

_REDACTED = re.compile(r"^\W*(redacted|filtered|masked|scrubbed|removed|dummy)\W*$", re.I)
_SHORTENED = re.compile(r"\.\.\.<\d+ (more )?bytes>$")
"""How recorders mark a body that they cut: it is not what was sent."""


def read(path: Path) -> Iterator[Exchange]:
    """Yield the exchanges of a file, each with `FILE:LINE` as its id; raise UsageError for what is not one."""
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            yield _exchange(_object(line, f"{path}:{number}"), f"{path.name}:{number}", f"{path}:{number}")


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:  # once: it may be a pipe
            zipped = file.peek(2)[:2] == b"\x1f\x8b"
            yield from gzip.GzipFile(fileobj=file) if zipped else file
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path}: cannot be read: {reason}") from None


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not JSON ({error}); one exchange a line is expected") from None
    if not isinstance(value, dict):
        raise UsageError(f"{where}: an object with request and response is expected, this is a {type(value).__name__}")
    return value


def _exchange(value: Mapping[str, Any], id: str, where: str) -> Exchange:
    return Exchange(
        _request(_part(value, "request", where), f"{where}: request"),
        _response(_part(value, "response", where), f"{where}: response"),
        id=id,
    )


def _request(part: Mapping[str, Any], where: str) -> Request:
    is_cut = _is_cut(part)
    return Request(
        method=_text(part, "method", where).upper(),
        url=_url(part, where),
        headers=_headers(part, where),
        body=b"" if is_cut else _body(part, where),
        is_whole=not is_cut,
    )


def _response(part: Mapping[str, Any], where: str) -> Response:
    return Response(
        status=_status(part, where),
        headers=_headers(part, where),
        body=_body(part, where),
        reads=_reads(part, where),
    )


def _part(value: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    part = value.get(key)
    if not isinstance(part, dict):
        raise UsageError(f"{where}: {key}: an object is expected")
    return part


def _text(part: Mapping[str, Any], key: str, where: str) -> str:
    text = part.get(key)
    if not isinstance(text, str):
        raise UsageError(f"{where}.{key}: a string is expected")
    return text


def _url(part: Mapping[str, Any], where: str) -> str:
    url = _known(_text(part, "url", where))
    try:
        urlsplit(url)
    except ValueError as error:
        raise UsageError(f"{where}.url: not a URL ({error})") from None
    return url


def _known(text: str) -> str:
    """Return "" for what a recorder has blacked out: that is not what was sent."""
    return "" if _REDACTED.match(text) else text


def _status(part: Mapping[str, Any], where: str) -> int:
    status = part.get("status")
    if not isinstance(status, int) or isinstance(status, bool):
        raise UsageError(f"{where}.status: a whole number is expected")
    return status


def _headers(part: Mapping[str, Any], where: str) -> Headers:
    headers = part.get("headers") or {}
    if not isinstance(headers, dict):
        raise UsageError(f"{where}.headers: an object of lists is expected")
    lines = (
        (name, value)
        for name, values in headers.items()
        for value in (values if isinstance(values, list) else [values])
    )
    return Headers(tuple((name, str(value)) for name, value in lines if _known(str(value))))


def _body(part: Mapping[str, Any], where: str) -> bytes:
    body = part.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise UsageError(f"{where}.body: a string is expected")
    if part.get("body_kind") == "base64":
        try:
            return base64.b64decode(body, validate=True)
        except ValueError as error:
            raise UsageError(f"{where}.body: not base64 ({error})") from None
    return _known(body).encode("utf-8", "surrogatepass")


def _is_cut(part: Mapping[str, Any]) -> bool:
    body = part.get("body")
    return isinstance(body, str) and (bool(_SHORTENED.search(body)) or bool(body and _REDACTED.match(body)))


def _reads(part: Mapping[str, Any], where: str) -> tuple[Read, ...]:
    reads = part.get("reads") or []
    try:
        return tuple(Read(float(at), int(size)) for at, size in reads)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{where}.reads: pairs of seconds and bytes are expected") from None
