"""Compressed bytes told by their looks, undone within a bound, and packed again."""

import gzip
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import brotli
import zstandard

from cozecheck.encoding import decode

MAX_UNPACKED: Final = 32 * 1024 * 1024
_STEP: Final = 1 << 10
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What bytes unpack to, as far as they do, and how to pack it again; *too_much* where it is beyond
    the bound; brotli has no sign of its own, and is not sure."""

    content: bytes
    pack: Callable[[bytes], bytes]
    too_much: bool = False
    is_sure: bool = True


def unpack(data: bytes, limit: int = MAX_UNPACKED) -> Unpacked | None:
    """Undo what bytes are packed in, if they are: gzip, zlib, zstd, brotli."""
    if data.startswith(b"\x1f\x8b"):
        return _inflate(data, 16 + zlib.MAX_WBITS, limit, lambda content: gzip.compress(content, mtime=0))
    if data[:1] == b"\x78" and int.from_bytes(data[:2], "big") % 31 == 0:
        return _inflate(data, zlib.MAX_WBITS, limit, zlib.compress)
    if data.startswith(_ZSTD):
        return _decoded(data, "zstd", limit, zstandard.compress)
    if len(data) < 8 or reads_as_text(data):
        return None
    return _decoded(data, "br", limit, brotli.compress)


def reads_as_text(data: bytes) -> bool:
    """Whether bytes are UTF-8 without control characters."""
    if len(data.translate(None, _CONTROLS)) != len(data):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _inflate(data: bytes, window: int, limit: int, pack: Callable[[bytes], bytes]) -> Unpacked | None:
    """Undo all members of gzip, or zlib; of what is damaged, and may be read by others, the part before that."""
    content, left = bytearray(), data
    while left and len(content) <= limit:
        inflater = zlib.decompressobj(window)
        try:
            content += inflater.decompress(left, limit + 1 - len(content))
        except zlib.error:
            content += _undamaged(left, window, limit + 1 - len(content))
            break
        left = inflater.unused_data if inflater.eof else b""
    return Unpacked(bytes(content), pack, too_much=len(content) > limit) if content else None


def _undamaged(data: bytes, window: int, limit: int) -> bytes:
    content, inflater = bytearray(), zlib.decompressobj(window)
    with suppress(zlib.error):
        for at in range(0, len(data), _STEP):
            content += inflater.decompress(data[at : at + _STEP], max(limit - len(content), 1))
            if len(content) >= limit:
                break
    return bytes(content)


def _decoded(data: bytes, name: str, limit: int, pack: Callable[[bytes], bytes]) -> Unpacked | None:
    decoded = decode(data, name, limit)
    if not decoded.content or decoded.content == data:
        return None
    return Unpacked(decoded.content, pack, bool(decoded.fault) and not decoded.is_cut, is_sure=name != "br")
