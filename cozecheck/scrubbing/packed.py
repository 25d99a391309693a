"""Bytes scrubbed, whatever is packed in them: base64, gzip and its like, a few times over."""

import base64
import re
from collections import Counter
from typing import Final

from cozecheck.scrubbing.finding import Finder
from cozecheck.scrubbing.spelling import unescaped
from cozecheck.scrubbing.unpacking import MAX_UNPACKED, reads_as_text, unpack
from cozecheck.scrubbing.words import SHORTEST_KEY, apart, joined, long

MAX_DEPTH: Final = 5
LOOK_INSIDE: Final = 16
"""Characters from which on base64 is undone; fewer where something shorter is known."""

_BASE64: Final = re.compile(rb"[-A-Za-z0-9+/_]+={0,2}")
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_SMALL: Final = 32
_LONG: Final = 1 << 13
"""Characters of base64 that is taken to begin where it does: of what is shorter, the start may be something else's."""


class Packing:
    """Looks into what *finder* is given, up to *budget* bytes unpacked; beyond, all is hidden."""

    def __init__(self, finder: Finder, budget: int = 2 * MAX_UNPACKED) -> None:
        self._finder = finder
        self._left = budget
        self._words: dict[bytes, bytes] = {}
        self._least = min(LOOK_INSIDE, finder.shortest * 4 // 3 if finder.shortest else LOOK_INSIDE)
        self._long = long(min(self._least, SHORTEST_KEY))

    def scrub(self, data: bytes, depth: int = 0) -> bytes:
        """Return the bytes without secrets; as long as they were, but for what was compressed within."""
        if depth > MAX_DEPTH or not data:
            return data
        inner = self._unpacked(data, depth)
        if inner is not None:
            return inner
        parts = apart(data)
        return b"".join(part if number % 2 else self._text(part, depth) for number, part in enumerate(parts))

    def _text(self, data: bytes, depth: int) -> bytes:
        # Latin-1 keeps every byte one character, so that a mask is as long as what it hides.
        text = data.decode("latin-1")
        mask = self._finder.mask if reads_as_text(data) else self._finder.mask_known
        plain = unescaped(text)
        if plain != text and self._hits(plain) - self._hits(text):
            text = plain
        scrubbed = mask(text).encode("latin-1")
        scrubbed = joined(scrubbed, lambda run: self._undone(run, depth))
        return self._long.sub(lambda found: self._around(found, depth), scrubbed)

    def _hits(self, text: str) -> Counter[str]:
        data = text.encode("latin-1")
        return self._finder.found(data, long(SHORTEST_KEY).findall(data))

    def _around(self, found: re.Match[bytes], depth: int) -> bytes:
        whole, word = found[0], found[1]
        if not word:
            return whole
        seen = self._words.get(word)
        if seen is None:
            seen = self._words[word] = self._word(word, depth)
        return whole if seen == word else whole[: len(whole) - len(word)] + seen

    def _word(self, word: bytes, depth: int) -> bytes:
        text = word.decode("latin-1")
        masked = self._finder.mask_keys(text)
        if masked != text:
            return masked.encode("latin-1")
        return self._base64(word, depth) if len(word) >= self._least else word

    def _base64(self, word: bytes, depth: int) -> bytes:
        """Scrub what base64 holds, also where its first characters belong to something else."""
        if len(word) >= _LONG:
            return self._undone(word, depth) or word
        for piece in dict.fromkeys((word, *re.split(rb"[-_/.=]", word.rstrip(b"=")))):
            for skipped in range(4) if len(piece) >= self._least else ():
                scrubbed = self._undone(piece[skipped:], depth)
                if scrubbed is not None:
                    return word.replace(piece[skipped:], scrubbed, 1)
        return word

    def _undone(self, run: bytes, depth: int) -> bytes | None:
        """Scrub what a run of base64 holds; None where nothing is to be scrubbed."""
        if not _BASE64.fullmatch(run):
            return None
        bare = run.rstrip(b"=")
        standard = bare.translate(_STANDARD)
        whole = len(standard) - (len(standard) % 4 == 1)
        packed = base64.b64decode(standard[:whole] + b"=" * (-whole % 4))
        scrubbed = self.scrub(packed, depth + 1) if len(run) > _SMALL else self._small(packed)
        if scrubbed == packed:
            return None
        again = base64.b64encode(scrubbed)
        if b"-" in bare or b"_" in bare:
            again = again.translate(_SAFE)
        return (again if len(run) % 4 == 0 else again.rstrip(b"=")) + bare[whole:]

    def _small(self, packed: bytes) -> bytes:
        """Too little to be compressed."""
        return self._finder.mask_keys(self._finder.mask_known(packed.decode("latin-1"))).encode("latin-1")

    def _unpacked(self, data: bytes, depth: int) -> bytes | None:
        """Scrub what is compressed; None for what is not."""
        found = unpack(data, min(MAX_UNPACKED, max(self._left, 0)))
        if found is None:
            return None
        self._left -= len(found.content)
        if found.too_much:
            return self._finder.hide(data.decode("latin-1"), "too much to look into").encode("latin-1")
        if not found.is_sure and not reads_as_text(found.content):
            return None
        scrubbed = self.scrub(found.content, depth + 1)
        return data if scrubbed == found.content else found.pack(scrubbed)
