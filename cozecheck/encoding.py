"""Content-Encoding undone, within a bound: bytes as sent to bytes as meant."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import brotli
import zstandard

GZIP_MAGIC = b"\x1f\x8b"
# zlib window bits: 16 added means a gzip wrapper, 32 added means zlib or gzip by its header, negative means no wrapper.
_WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": 32 + zlib.MAX_WBITS}
_ZSTD_WINDOW = 8 * 1024 * 1024
"""What RFC 9659 lets a server use."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))


@dataclass(frozen=True, slots=True)
class Decoded:
    """The bytes as meant, and what kept us from undoing the encoding, if anything did."""

    content: bytes
    fault: str = ""
    is_cut: bool = False
    """The compressed bytes end in the middle."""


def decode(body: bytes, encoding: str | None, limit: int) -> Decoded:
    """Undo *encoding*, stopping at *limit* bytes.

    A recording often keeps the header of a body that it stored plain, so the bytes decide: what does not look
    compressed is taken as it is, and so is an encoding we cannot undo if the bytes read as text.
    """
    name = (encoding or "identity").strip().lower()
    if name in ("", "identity") or not body:
        return Decoded(body)
    if name in _WINDOW_BITS:
        return _inflate(body, name, limit)
    if _reads_as_text(body):
        return Decoded(body)
    if name in _UNPACKERS:
        return _UNPACKERS[name](body, limit)
    return Decoded(b"", f"content-encoding {name!r} cannot be undone")


def _inflate(body: bytes, name: str, limit: int) -> Decoded:
    if name != "deflate" and not body.startswith(GZIP_MAGIC):
        return Decoded(body) if _reads_as_text(body) else Decoded(b"", f"the body is not {name}, as declared")
    try:
        return _unpack(body, name, limit, _WINDOW_BITS[name])
    except zlib.error as error:
        if _reads_as_text(body):
            return Decoded(body)
        if name == "deflate":
            return _inflate_bare(body, limit)
        return Decoded(b"", f"{name} does not decode: {error}")


def _inflate_bare(body: bytes, limit: int) -> Decoded:
    """Undo deflate without its zlib wrapper: not what RFC 9110 means, but clients take it."""
    try:
        return _unpack(body, "deflate", limit, -zlib.MAX_WBITS)
    except zlib.error as error:
        return Decoded(b"", f"deflate does not decode: {error}")


def _unpack(body: bytes, name: str, limit: int, window_bits: int) -> Decoded:
    inflater = zlib.decompressobj(window_bits)
    content = inflater.decompress(body, limit)
    if inflater.unconsumed_tail:
        return Decoded(content, f"{name} unpacks {len(body):,} bytes to more than {limit:,}")
    if not inflater.eof:
        return Decoded(content, f"{name} ends in the middle", is_cut=True)
    # Clients stop at the end of the first member, whatever follows.
    extra = len(inflater.unused_data)
    return Decoded(content, f"{extra:,} bytes follow the end of {name}" if extra else "")


def _unpack_brotli(body: bytes, limit: int) -> Decoded:
    unpacker, content, left = brotli.Decompressor(), bytearray(), body
    try:
        while len(content) <= limit and not unpacker.is_finished():
            content += unpacker.process(left, output_buffer_limit=limit + 1 - len(content))
            left = b""
            if unpacker.can_accept_more_data() and not unpacker.is_finished():
                return Decoded(bytes(content[:limit]), "br ends in the middle", is_cut=True)
    except brotli.error:
        return Decoded(b"", "br does not decode")
    return _bounded(bytes(content), "br", len(body), limit)


def _unpack_zstd(body: bytes, limit: int) -> Decoded:
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    try:
        content = unpacker.stream_reader(body).read(limit + 1)
        if len(content) > limit:
            return _bounded(content, "zstd", len(body), limit)
        frame = unpacker.decompressobj()
        frame.decompress(body)
    except zstandard.ZstdError as error:
        return Decoded(b"", f"zstd does not decode: {error}")
    return Decoded(content) if frame.eof else Decoded(content, "zstd ends in the middle", is_cut=True)


def _bounded(content: bytes, name: str, packed: int, limit: int) -> Decoded:
    if len(content) <= limit:
        return Decoded(content)
    return Decoded(content[:limit], f"{name} unpacks {packed:,} bytes to more than {limit:,}")


_UNPACKERS: Mapping[str, Callable[[bytes, int], Decoded]] = {"br": _unpack_brotli, "zstd": _unpack_zstd}


def _reads_as_text(body: bytes) -> bool:
    head = body[:512]
    if head != head.translate(None, _CONTROLS):
        return False
    return head[:1].isascii() and head.decode("utf-8", "replace").count("\ufffd") <= 1
