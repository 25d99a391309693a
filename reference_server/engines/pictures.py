"""Pictures without a model: a valid PNG, whose colours follow from the words."""

import struct
import zlib
from hashlib import blake2b

SIGNATURE = b"\x89PNG\r\n\x1a\n"
EIGHT_BIT_PALETTE = struct.pack(">BBBBB", 8, 3, 0, 0, 0)
BAND = 16
"""Pixels across which one colour goes."""
FASTEST = 1


def png(prompt: str, place: int, width: int, height: int) -> bytes:
    """Draw diagonal bands of colour; `place` counts the pictures of one prompt. `width` and `height` in pixels."""
    palette = blake2b(f"{place} {prompt}".encode(), digest_size=48).digest()
    band = b"".join(bytes([colour]) * BAND for colour in range(len(palette) // 3))
    row = band * (width // len(band) + 2)
    shifts = (line % len(band) for line in range(height))
    rows = b"".join(b"\x00" + row[shift : shift + width] for shift in shifts)
    header = struct.pack(">II", width, height) + EIGHT_BIT_PALETTE
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, FASTEST)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
