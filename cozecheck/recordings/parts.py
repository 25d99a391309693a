"""Requests and responses out of what recorders write, however they spell it."""

import base64
import binascii
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
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
CUT_BODY: Final = "body cut or blacked out"
DROPPED_BODY: Final = "body not kept"
_LATEST: Final = 1e11
"""Seconds since 1970 that are still a date, and no milliseconds."""


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
    sent = encoded(body)
    cut = is_cut(sent)
    return Request(
        method=text(method, f"{where}.method").upper(),
        url=_address(known(text(url, f"{where}.url")), where),
        headers=headers,
        body=b"" if cut else sent,
        is_whole=not cut,
    )


def response(status: Any, headers: Headers, body: bytes | str, where: str, reads: tuple[Read, ...] = ()) -> Response:
    """Make a response."""
    if not isinstance(status, int) or isinstance(status, bool) or not 0 <= status <= 999:
        raise UsageError(f"{where}.status: a whole number is expected")
    return Response(status, headers, encoded(body), reads=reads)


def recording(
    exchange: Exchange, format: str, *, at: Any = None, provenance: Any = "", notes: Any = None, lost: str = ""
) -> Recording:
    """Make a recording; a body that the recorder *lost*, as its reader knows or as is seen here, blames nobody."""
    response = exchange.response
    flaw = lost or (_flaw(response) if response else "")
    if flaw and response:
        kept = replace(response, body=b"") if flaw == CUT_BODY else response
        exchange = replace(exchange, response=kept, left=exchange.left or exchange.failure is None)
    date = response.headers.get("date") if response else None
    return Recording(
        exchange,
        format,
        at=moment(at) if moment(at) is not None else moment(date),
        provenance=str(provenance),
        flaws=(flaw,) if flaw else (),
        notes=notes if isinstance(notes, dict) else {},
    )


def _flaw(response: Response) -> str:
    if is_cut(response.body):
        return CUT_BODY
    return NO_BODY if response.ok and response.is_stream and not response.content else ""


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
    """Return a body's bytes."""
    return body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")


def unpacked(body: str, where: str) -> bytes:
    """Undo base64; raises UsageError."""
    try:
        return base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error) as error:
        raise UsageError(f"{where}: not base64 ({error})") from None


def moment(value: Any) -> float | None:
    """Return seconds since 1970 of a number, an ISO 8601 or an HTTP date; None for what is none."""
    if isinstance(value, str):
        value = _dated(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < _LATEST else None


def _dated(value: str) -> float | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, OverflowError, TypeError, IndexError):
            found = parse(value)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return None


def reads(value: Any, where: str) -> tuple[Read, ...]:
    """Read pairs of seconds and bytes."""
    try:
        return tuple(Read(_positive(at), int(_positive(size))) for at, size in value or ())
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{where}.reads: pairs of seconds and bytes are expected") from None


def _positive(value: Any) -> float:
    """Return a number from 0 on, and not without end; raises ValueError, TypeError or OverflowError."""
    number = float(value)
    if not 0 <= number < math.inf:
        raise ValueError(value)
    return number


def failure(value: Any, where: str) -> Failure | None:
    """Read where an exchange broke, if it did."""
    if value is None:
        return None
    part = mapping(value, where)
    try:
        kind, seconds = FailureKind(str(part.get("kind"))), _positive(part.get("seconds", 0))
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{where}: a kind ({', '.join(FailureKind)}), detail and seconds are expected") from None
    return Failure(kind, str(part.get("detail", "")), seconds)
