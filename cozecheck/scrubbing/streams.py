"""Secrets that a stream tells in pieces, a delta each."""

import json
from collections.abc import Iterator
from typing import Any, Final

from cozecheck.exchange import ABSENT, parse_json
from cozecheck.scrubbing.finding import Finder

_DATA: Final = b"data:"
_SPEAKERS: Final = ("index", "item_id", "output_index", "content_index", "type")
Path = tuple[str | int, ...]
Voice = tuple[Any, ...]


def scrub(content: bytes, finder: Finder) -> bytes:
    """Return an event stream without the secrets that reach over several of its events."""
    lines = content.split(b"\n")
    pieces: dict[Voice, list[tuple[int, Path, str]]] = {}
    for number, line in enumerate(lines):
        if line.startswith(_DATA):
            for path, voice, text in _deltas(parse_json(line[len(_DATA) :].strip()).value):
                pieces.setdefault(voice, []).append((number, path, text))
    for told in pieces.values():
        for number, path, said in _masked(told, finder):
            lines[number] = _with(lines[number], path, said)
    return b"\n".join(lines)


def told(content: bytes) -> Iterator[str]:
    """Yield the texts that an event stream tells in pieces."""
    pieces: dict[Voice, list[str]] = {}
    for line in content.split(b"\n"):
        if line.startswith(_DATA):
            for _, voice, text in _deltas(parse_json(line[len(_DATA) :].strip()).value):
                pieces.setdefault(voice, []).append(text)
    yield from map("".join, pieces.values())


def _deltas(value: Any) -> Iterator[tuple[Path, Voice, str]]:
    """Yield the texts of an event that others go on with: where each stands, and whose it is."""
    if not isinstance(value, dict):
        return
    choices = value.get("choices")
    if isinstance(choices, list):
        for number, choice in enumerate(choices):
            yield from _texts(choice, ("choices", number), ())
    elif "delta" in value:
        whose = tuple(value.get(key) for key in _SPEAKERS if isinstance(value.get(key), str | int))
        yield from _texts(value["delta"], ("delta",), (*whose, "delta"))


def _texts(value: Any, path: Path, voice: Voice) -> Iterator[tuple[Path, Voice, str]]:
    if isinstance(value, str):
        yield path, voice, value
    elif len(path) > 12:
        return
    elif isinstance(value, dict):
        index = value.get("index")
        own = (*voice, index) if isinstance(index, str | int) else voice
        for key, part in value.items():
            if part.__class__ in (str, dict, list):
                yield from _texts(part, (*path, key), (*own, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, (*path, number), voice)


def _masked(told: list[tuple[int, Path, str]], finder: Finder) -> Iterator[tuple[int, Path, str]]:
    """Mask a text that is told in pieces; yield what changed, and where."""
    first = told[0][2]
    if all(text == first for _, _, text in told):  # an id, a name: no more than the event itself says
        return
    # Latin-1 keeps every byte one character: a piece that ends in the middle of a mask has its part of it.
    raw = [text.encode("utf-8", "surrogatepass") for _, _, text in told]
    whole = b"".join(raw).decode("latin-1")
    masked = finder.mask_keys(finder.mask(whole)).encode("latin-1")
    if masked.decode("latin-1") == whole:
        return
    at = 0
    for (number, path, _), piece in zip(told, raw, strict=True):
        said = masked[at : at + len(piece)]
        at += len(piece)
        if said != piece:
            yield number, path, said.decode("utf-8", "surrogatepass")


def _with(line: bytes, path: Path, said: str) -> bytes:
    """Return the line of an event with another text in it: in its place where that is plain, else written anew."""
    payload = parse_json(line[len(_DATA) :].strip()).value
    if payload is ABSENT:
        return line
    old = _put(payload, path, said)
    for ascii_only in (False, True):
        before, after = (_json(each, ascii_only=ascii_only) for each in (old, said))
        if line.count(before) == 1:
            return line.replace(before, after)
    return b"data: " + _json(payload) + (b"\r" if line.endswith(b"\r") else b"")


def _json(value: Any, *, ascii_only: bool = False) -> bytes:
    return json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _put(value: Any, path: Path, text: str) -> Any:
    for key in path[:-1]:
        value = value[key]
    old, value[path[-1]] = value[path[-1]], text
    return old
