"""Bytes scrubbed, whatever is packed in them: base64, gzip, both, a few times over."""

import base64
import gzip
import re
import zlib
from typing import Final

from cozecheck.encoding import GZIP_MAGIC, decode
from cozecheck.scrubbing.finding import Finder

MAX_DEPTH: Final = 4
MAX_UNPACKED: Final = 32 * 1024 * 1024
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))


def scrub(data: bytes, finder: Finder, depth: int = 0) -> bytes:
    """Return the bytes without secrets; as long as they were, but for what was compressed within."""
    if depth > MAX_DEPTH or not data:
        return data
    if data.startswith(GZIP_MAGIC):
        return _repacked(data, finder, depth)
    # Latin-1 keeps every byte one character, so that a mask is as long as what it hides.
    text = data.decode("latin-1")
    masked = finder.mask(text) if reads_as_text(data) else finder.mask_keys(text)
    scrubbed = data if masked == text else masked.encode("latin-1")
    return _BASE64.sub(lambda found: _scrub_base64(found[0], finder, depth), scrubbed)


def reads_as_text(data: bytes) -> bool:
    """Whether bytes are UTF-8 without control characters."""
    if len(data.translate(None, _CONTROLS)) != len(data):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _repacked(data: bytes, finder: Finder, depth: int) -> bytes:
    decoded = decode(data, "gzip", MAX_UNPACKED)
    scrubbed = scrub(decoded.content, finder, depth + 1)
    return data if scrubbed == decoded.content else gzip.compress(scrubbed, mtime=0)


def _scrub_base64(run: bytes, finder: Finder, depth: int) -> bytes:
    bare = run.rstrip(b"=")
    standard = bare.translate(_URL_SAFE)
    whole = len(standard) - (len(standard) % 4 == 1)
    packed = base64.b64decode(standard[:whole] + b"=" * (-whole % 4))
    scrubbed = _scrub_zlib(packed, finder, depth) or scrub(packed, finder, depth + 1)
    if scrubbed == packed:
        return run
    again = base64.b64encode(scrubbed)
    if b"-" in bare or b"_" in bare:
        again = again.translate(bytes.maketrans(b"+/", b"-_"))
    return again if run.endswith(b"=") or len(again) != len(run) else again[: len(run)]


def _scrub_zlib(packed: bytes, finder: Finder, depth: int) -> bytes | None:
    """Scrub what zlib packed, if it is that."""
    if packed[:1] != b"\x78":
        return None
    decoded = decode(packed, "deflate", MAX_UNPACKED)
    if decoded.fault or decoded.content == packed:
        return None
    scrubbed = scrub(decoded.content, finder, depth + 1)
    return packed if scrubbed == decoded.content else zlib.compress(scrubbed)
