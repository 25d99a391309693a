"""HTTP archives: of browsers, of proxies, and Polly's."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from cozecheck.exchange import Exchange, Headers
from cozecheck.recordings import parts
from cozecheck.recordings.recording import Recording


def is_one(document: Any) -> bool:
    """Whether a document is an archive."""
    return isinstance(document, dict) and isinstance(document.get("log"), dict)


def read(document: Mapping[str, Any], name: str, where: str) -> Iterator[Recording]:
    """Yield the recordings of an archive, each with `NAME:NUMBER` as its id; raises UsageError for what is none."""
    log = document["log"]
    creator = log.get("creator")
    polly = isinstance(creator, dict) and creator.get("name") == "Polly.JS"
    for number, entry in enumerate(parts.listed(log.get("entries"), f"{where}: log.entries"), 1):
        place = f"{where}: entry {number}"
        yield _recording(parts.mapping(entry, place), "polly" if polly else "har", f"{name}:{number}", place)


def _recording(entry: Mapping[str, Any], format: str, id: str, where: str) -> Recording:
    at_request, at_response = f"{where}: request", f"{where}: response"
    asked = parts.mapping(entry.get("request"), at_request)
    answered = parts.mapping(entry.get("response"), at_response)
    headers = _without_pseudo(parts.header_lines(answered.get("headers"), f"{at_response}.headers"))
    # A browser writes 0 where nothing came back.
    status = answered.get("status")
    exchange = Exchange(
        parts.request(
            asked.get("method"),
            asked.get("url"),
            _without_pseudo(parts.header_lines(asked.get("headers"), f"{at_request}.headers")),
            _posted(asked, f"{at_request}.postData"),
            at_request,
        ),
        parts.response(status, headers, _content(answered, f"{at_response}.content"), at_response) if status else None,
        id=id,
    )
    lost = parts.DROPPED_BODY if _has_dropped(answered.get("content")) else ""
    return parts.recording(exchange, format, at=entry.get("startedDateTime"), lost=lost)


def _has_dropped(content: Any) -> bool:
    """Browsers name the size of a body that they have dropped meanwhile, and those of streams."""
    size = content.get("size") if isinstance(content, dict) else None
    return isinstance(size, int | float) and size > 0 and not content.get("text")


def _without_pseudo(headers: Headers) -> Headers:
    """HTTP/2 has its request line among the headers."""
    return Headers(tuple(line for line in headers.lines if not line[0].startswith(":")))


def _posted(asked: Mapping[str, Any], where: str) -> bytes | str:
    data = asked.get("postData")
    if data is None:
        return b""
    said = parts.text(parts.mapping(data, where).get("text") or "", f"{where}.text")
    return parts.unpacked(said, f"{where}.text") if data.get("encoding") == "base64" else said


def _content(answered: Mapping[str, Any], where: str) -> bytes | str:
    content = answered.get("content")
    if content is None:
        return b""
    said = parts.text(parts.mapping(content, where).get("text") or "", f"{where}.text")
    if content.get("encoding") != "base64":
        return said
    pieces = _pieces(said)
    return b"".join(parts.unpacked(each, f"{where}.text") for each in pieces)


def _pieces(said: str) -> list[str]:
    """Polly keeps a compressed body as a JSON list of what it read, each in base64."""
    if said.startswith("["):
        with suppress(ValueError, RecursionError):
            pieces = json.loads(said)
            if isinstance(pieces, list) and all(isinstance(each, str) for each in pieces):
                return pieces
    return [said]
