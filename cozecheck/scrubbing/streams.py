"""Secrets that a stream tells in pieces, a delta each."""

import json
from collections.abc import Iterator
from typing import Any, Final

from cozecheck.exchange import ABSENT, parse_json
from cozecheck.scrubbing.finding import Finder

_DATA: Final = b"data:"
Path = tuple[str | int, ...]


def scrub(content: bytes, finder: Finder) -> bytes:
    """Return an event stream without the secrets that reach over several of its events."""
    lines = content.split(b"\n")
    payloads = {number: _payload(line) for number, line in enumerate(lines) if line.startswith(_DATA)}
    pieces: dict[tuple[Any, ...], list[tuple[int, Path, str]]] = {}
    for number, payload in payloads.items():
        for path, voice, text in _texts(payload):
            pieces.setdefault(voice, []).append((number, path, text))
    changed: set[int] = set()
    for told in pieces.values():
        changed.update(_mask(told, payloads, finder))
    for number in changed:
        end = b"\r" if lines[number].endswith(b"\r") else b""
        lines[number] = b"data: " + _json(payloads[number]) + end
    return b"\n".join(lines)


def _payload(line: bytes) -> Any:
    value = parse_json(line[len(_DATA) :].strip()).value
    return None if value is ABSENT else value


def _texts(value: Any, path: Path = (), voice: tuple[Any, ...] = ()) -> Iterator[tuple[Path, tuple[Any, ...], str]]:
    """Yield the texts of an event: where each stands, and whose it is (a choice, a call, an item)."""
    if isinstance(value, str):
        yield path, voice, value
    elif isinstance(value, dict) and len(path) < 12:
        own = (*voice, *(value.get(key) for key in ("index", "item_id") if isinstance(value.get(key), str | int)))
        for key, part in value.items():
            yield from _texts(part, (*path, key), (*own, key))
    elif isinstance(value, list) and len(path) < 12:
        for number, part in enumerate(value):
            yield from _texts(part, (*path, number), voice)


def _mask(told: list[tuple[int, Path, str]], payloads: dict[int, Any], finder: Finder) -> Iterator[int]:
    """Mask a text that is told in pieces; yield the events that changed."""
    first = told[0][2]
    if all(text == first for _, _, text in told):  # an id, a name: no more than the event itself says
        return
    whole = "".join(text for _, _, text in told)
    masked = finder.mask(whole)
    if masked == whole:
        return
    at = 0
    for number, path, text in told:
        said = masked[at : at + len(text)]
        at += len(text)
        if said != text:
            _put(payloads[number], path, said)
            yield number


def _put(value: Any, path: Path, text: str) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = text


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
