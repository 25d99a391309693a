"""Requests and responses out of what recorders write, however they spell it."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange, Failure, FailureKind, Headers, Read, Request, Response
from cozecheck.recordings.recording import Recording
from cozecheck.recordings.redaction import is_cut, known

NO_BODY: Final = "stream without a body"
"""What some recorders make of a stream: they do not read on when the client has stopped."""


def mapping(value: Any, where: str) -> Mapping[str, Any]:
    """Require an object."""
    if not isinstance(value, dict):
        raise UsageError(f"{where}: an object is expected")
    return value


def listed(value: Any, where: str) -> list[Any]:
    """Require a list."""
    if not isinstance(value, list):
        raise UsageError(f"{where}: a list is expected")
    return value


def text(value: Any, where: str) -> str:
    """Require a string."""
    if not isinstance(value, str):
        raise UsageError(f"{where}: a string is expected")
    return value


def request(method: Any, url: Any, headers: Headers, body: bytes | str, where: str) -> Request:
    """Make a request; a body that the recorder cut or blacked out is not known."""
    cut = isinstance(body, str) and is_cut(body)
    return Request(
        method=text(method, f"{where}.method").upper(),
        url=_address(known(text(url, f"{where}.url")), where),
        headers=headers,
        body=b"" if cut else encoded(body),
        is_whole=not cut,
    )


def response(status: Any, headers: Headers, body: bytes | str, where: str, reads: tuple[Read, ...] = ()) -> Response:
    """Make a response."""
    if not isinstance(status, int) or isinstance(status, bool) or not 0 <= status <= 999:
        raise UsageError(f"{where}.status: a whole number is expected")
    return Response(status, headers, encoded(body), reads=reads)


def recording(exchange: Exchange, format: str, *, at: Any = None, provenance: Any = "", notes: Any = None) -> Recording:
    """Make a recording; a stream without a body is its recorder's doing, and said so."""
    response = exchange.response
    lost = response is not None and response.ok and response.is_stream and not response.content
    if lost and exchange.failure is None:
        exchange = _left(exchange)
    date = response.headers.get("date") if response else None
    return Recording(
        exchange,
        format,
        at=moment(at) if moment(at) is not None else moment(date),
        provenance=str(provenance),
        flaws=(NO_BODY,) if lost else (),
        notes=notes if isinstance(notes, dict) else {},
    )


def _left(exchange: Exchange) -> Exchange:
    return Exchange(exchange.request, exchange.response, id=exchange.id, left=True)


def _address(url: str, where: str) -> str:
    try:
        urlsplit(url)
    except ValueError as error:
        raise UsageError(f"{where}.url: not a URL ({error})") from None
    return url


def header_lines(value: Any, where: str) -> Headers:
    """Read header lines from an object of values or of lists, or from a list of names and values."""
    if value is None:
        return Headers()
    pairs = _listed_pairs(value, where) if isinstance(value, list) else _mapped_pairs(mapping(value, where))
    return Headers(tuple((name, line) for name, line in pairs if known(line)))


def _mapped_pairs(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, values in value.items():
        for each in values if isinstance(values, list) else [values]:
            yield from _line(name, each)


def _listed_pairs(value: list[Any], where: str) -> Iterable[tuple[str, str]]:
    """HAR lists objects with a name and a value, nock names and values in turn."""
    if all(isinstance(each, dict) for each in value):
        return [line for each in value for line in _line(each.get("name"), each.get("value"))]
    if len(value) % 2 or not all(isinstance(each, str) for each in value):
        raise UsageError(f"{where}: header names and values are expected")
    return list(zip(value[::2], value[1::2], strict=True))


def _line(name: Any, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(name, str) and isinstance(value, str | bytes | int | float):
        yield name, value.decode("latin-1") if isinstance(value, bytes) else str(value)


def encoded(body: bytes | str) -> bytes:
    """Return a body's bytes; one that is blacked out is empty."""
    return body if isinstance(body, bytes) else known(body).encode("utf-8", "surrogatepass")


def unpacked(body: str, where: str) -> bytes:
    """Undo base64; raises UsageError."""
    try:
        return base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error) as error:
        raise UsageError(f"{where}: not base64 ({error})") from None


def moment(value: Any) -> float | None:
    """Return seconds since 1970 of a number, an ISO 8601 or an HTTP date; None for what is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if 0 <= value < 1e11 else None
    if not isinstance(value, str):
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, OverflowError, TypeError, IndexError):
            found = parse(value)
            return moment((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    return None


def reads(value: Any, where: str) -> tuple[Read, ...]:
    """Read pairs of seconds and bytes."""
    try:
        return tuple(Read(float(at), int(size)) for at, size in value or ())
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{where}.reads: pairs of seconds and bytes are expected") from None


def failure(value: Any, where: str) -> Failure | None:
    """Read where an exchange broke, if it did."""
    if value is None:
        return None
    part = mapping(value, where)
    try:
        return Failure(FailureKind(str(part.get("kind"))), str(part.get("detail", "")), float(part.get("seconds", 0)))
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{where}: a kind ({', '.join(FailureKind)}), detail and seconds are expected") from None
