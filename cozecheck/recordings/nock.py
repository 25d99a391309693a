"""What nock records: a list of scopes."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange
from cozecheck.recordings import parts
from cozecheck.recordings.recording import Recording


def is_one(document: Any) -> bool:
    """Whether a document is a list of scopes."""
    return isinstance(document, list) and all(isinstance(each, dict) and "scope" in each for each in document)


def read(document: list[Mapping[str, Any]], name: str, where: str) -> Iterator[Recording]:
    """Yield the recordings of a list, each with `NAME:NUMBER` as its id; raises UsageError for what is none."""
    for number, scope in enumerate(document, 1):
        yield _recording(scope, f"{name}:{number}", f"{where}: scope {number}")


def _recording(scope: Mapping[str, Any], id: str, where: str) -> Recording:
    host = parts.text(scope.get("scope"), f"{where}.scope")
    path = parts.text(scope.get("path"), f"{where}.path")
    binary = scope.get("responseIsBinary") is True
    exchange = Exchange(
        parts.request(
            scope.get("method"),
            host + path,
            parts.header_lines(scope.get("reqheaders"), f"{where}.reqheaders"),
            _sent(scope.get("body")),
            where,
        ),
        parts.response(
            scope.get("status"),
            parts.header_lines(scope.get("rawHeaders", scope.get("headers")), f"{where}.rawHeaders"),
            _received(scope.get("response"), f"{where}.response", binary=binary),
            where,
        ),
        id=id,
    )
    return parts.recording(exchange, "nock")


def _sent(body: Any) -> str:
    """JSON stands as its value."""
    if body is None or body == "":
        return ""
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=lambda _: None)


def _received(body: Any, where: str, *, binary: bool) -> bytes | str:
    """JSON stands as its value, bytes in hexadecimal: those of a compressed body as a list of what was read."""
    if isinstance(body, list) and body and all(isinstance(each, str) for each in body):
        with suppress(ValueError):  # else the JSON that was answered is a list of texts
            return bytes.fromhex("".join(body))
    if isinstance(body, str):
        return _bytes(body, where) if binary else body
    return b"" if body is None else json.dumps(body, ensure_ascii=False, default=lambda _: None)


def _bytes(text: str, where: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UsageError(f"{where}: not hexadecimal") from None
