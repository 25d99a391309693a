"""The form of a cassette: vcrpy's version 1, and what it has no place for beside it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import yaml

from cozecheck.exchange import Exchange, Headers
from cozecheck.recordings import Recording
from cozecheck.recordings.vcr import OWN
from cozecheck.scrubbing import Scrubber

VERSION: Final = 1
_WIDTH: Final = 1 << 30


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes texts of several lines as they are."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Say everything in full."""
        return True


def _text(dumper: Any, text: str) -> Any:
    text = text.encode("utf-8", "backslashreplace").decode()  # half a character, as JSON allows it, is none in YAML
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _line(dumper: Any, value: Any) -> Any:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)


class _Flow(list[Any]):
    """A list that is written in one line."""


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Flow, _line)


def dump(cassette: dict[str, Any]) -> bytes:
    """Return YAML, the same bytes for the same cassette."""
    written: bytes = yaml.dump(
        cassette, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, encoding="utf-8"
    )
    return written


def document(kept: Iterable[Recording], scrubber: Scrubber) -> dict[str, Any]:
    """Return the cassette of some recordings, scrubbed."""
    return {"interactions": [_interaction(each, scrubber) for each in kept], "version": VERSION}


def _interaction(recording: Recording, scrubber: Scrubber) -> dict[str, Any]:
    exchange = scrubber.scrub(recording.exchange)
    request, response = exchange.request, exchange.response
    own = _own(exchange, recording, scrubber)
    return {
        "request": {
            "method": request.method,
            "uri": request.url,
            "body": _body(request.body),
            "headers": _headers(request.headers),
        },
        "response": {
            "status": _status(response.status if response else 0),
            "headers": _headers(response.headers if response else Headers()),
            "body": {"string": _body(response.body if response else b"")},
        },
        **({"recorded_at": _moment(recording.at)} if recording.at is not None else {}),
        **({OWN: own} if own else {}),
    }


def _own(exchange: Exchange, recording: Recording, scrubber: Scrubber) -> dict[str, Any]:
    failure, response = exchange.failure, exchange.response
    said = {
        "provenance": scrubber.text(recording.provenance),
        "reads": _Flow(_Flow((round(read.at, 6), read.size)) for read in response.reads) if response else [],
        "failure": {"kind": str(failure.kind), "detail": failure.detail, "seconds": failure.seconds} if failure else {},
        "left": exchange.left,
        "cut": not exchange.request.is_whole,
        "notes": scrubber.value(recording.notes),
    }
    return {key: value for key, value in said.items() if value}


def _status(code: int) -> dict[str, Any]:
    known = {each.value: each.phrase for each in HTTPStatus}
    return {"code": code, "message": known.get(code, "")}


def _headers(headers: Headers) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for name, value in headers.lines:
        lines.setdefault(name, []).append(value)
    return lines


def _body(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
