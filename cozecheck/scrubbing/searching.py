"""What should not be there, looked for in bytes and in all that can be unpacked from them."""

import base64
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cozecheck.scrubbing import streams
from cozecheck.scrubbing.finding import Finder
from cozecheck.scrubbing.spelling import unescaped
from cozecheck.scrubbing.unpacking import MAX_UNPACKED, reads_as_text, unpack
from cozecheck.scrubbing.words import SHORTEST_KEY, apart, long, rows

MAX_DEPTH: Final = 5
_LEAST: Final = 6
_SMALL: Final = 24
"""Bytes up to which nothing is compressed."""
_GLIMPSE: Final = 256
_BREAKS: Final = re.compile(rb"[-_/.=]")
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_SHORT: Final = 1 << 13
"""Characters of base64 that is tried from its second, third and fourth character on, too."""


def leaks(data: bytes, known: Iterable[str] = (), words: Iterable[str] = ()) -> Iterator[str]:
    """Say what can be read in bytes, or unpacked from them, that nobody may read, and where; never itself.

    That is what is *known*, *words* in any case, and what looks like a key, an account, an address.
    """
    return search(data, Finder(known, words))


def search(data: bytes, finder: Finder, *, depth: int = MAX_DEPTH) -> Iterator[str]:
    """Say what *finder* finds in bytes, and where; what is packed in them is unpacked *depth* times over."""
    found: Counter[tuple[str, str]] = Counter()
    for part in _unfolded(data, "", depth, _Budget(2 * MAX_UNPACKED)):
        if part.content is None:
            found["something too large to look into", part.place] += 1
            continue
        for kind, number in finder.found(part.content, part.words).items():
            found[kind, part.place] += number
    for (kind, place), number in found.items():
        yield f"{kind}{place}" + (f", {number} times" if number > 1 else "")


@dataclass(frozen=True, slots=True)
class _Part:
    """Something that can be read, and how one gets at it; no content where it is beyond the bound."""

    content: bytes | None
    place: str
    words: tuple[bytes, ...] = ()


@dataclass
class _Budget:
    left: int


def _unfolded(data: bytes, place: str, depth: int, budget: _Budget) -> Iterator[_Part]:
    """Yield what can be read in bytes, and in what is packed in them."""
    inner = unpack(data, max(min(MAX_UNPACKED, budget.left), 0)) if depth > 0 and len(data) > _SMALL else None
    if inner is not None:
        budget.left -= len(inner.content)
        if inner.too_much:
            yield _Part(None, place)
            return
        if inner.is_sure or reads_as_text(inner.content):
            yield from _unfolded(inner.content, f"{place}, compressed", depth - 1, budget)
            return
    if not data:
        return
    data = b"\0".join(apart(data)[::2])
    words = _words(data)
    yield _Part(data, place, words)
    yield from _respelt(data, place)
    if depth > 0:
        runs = dict.fromkeys((*words, *rows(data)))
        for packed in _batches(each for run in runs for each in _packed(run)):
            yield from _unfolded(packed, f"{place}, base64", depth - 1, budget)


def _batches(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Put what is not compressed together, texts and others: one search for all of them."""
    texts: list[bytes] = []
    others: list[bytes] = []
    for piece in pieces:
        if reads_as_text(piece):
            texts.append(piece)
        elif len(piece) > _SMALL and unpack(piece, _GLIMPSE) is not None:
            yield piece
        else:
            others.append(piece)
    yield from (b"\n".join(texts), b"\0".join(others))


def _words(data: bytes) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(long(SHORTEST_KEY).findall(data)))


def _respelt(data: bytes, place: str) -> Iterator[_Part]:
    """Yield what is read where escapes are undone, and where the pieces of a stream are put together."""
    text = data.decode("latin-1")
    plain = unescaped(text)
    if plain != text:
        raw = plain.encode("latin-1")
        yield _Part(raw, f"{place}, escaped", _words(raw))
    if b"data:" in data:
        for told in streams.told(data):
            raw = told.encode("utf-8", "surrogatepass")
            yield _Part(raw, f"{place}, in pieces", _words(raw))


def _packed(run: bytes) -> Iterator[bytes]:
    """Yield what base64 holds: all of a run, and what begins after something else."""
    standard = run.translate(_STANDARD)
    short = len(run) < _SHORT
    starts = {0, *(found.end() for found in _BREAKS.finditer(run))} if short else {0}
    for start in {start + skipped for start in starts for skipped in (range(4) if short else (0,))}:
        end = min(at for at in (standard.find(b".", start), standard.find(b"=", start), len(standard)) if at >= 0)
        whole = end - start - ((end - start) % 4 == 1)
        if whole >= _LEAST:
            yield base64.b64decode(standard[start : start + whole] + b"=" * (-whole % 4))
