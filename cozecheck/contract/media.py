"""Images and sounds told by their bytes."""

import struct
from dataclasses import dataclass

PNG = b"\x89PNG\r\n\x1a\n"
UNKNOWN_LENGTHS = frozenset((0, 0xFFFFFFFF, 0x7FFFFFFF))
"""What a WAV header says where it is sent before its length is known."""
_IMAGES = {"png": PNG, "jpeg": b"\xff\xd8\xff", "gif": b"GIF8"}
_SOUNDS = {"flac": b"fLaC", "ogg": b"OggS", "id3": b"ID3"}


@dataclass(frozen=True, slots=True)
class Wav:
    """A WAV file: bytes of samples that its header declares and that it holds, bytes and samples a second."""

    declared: int
    held: int
    bytes_per_second: int
    rate: int
    channels: int

    @property
    def seconds(self) -> float:
        """How long the samples last that are there."""
        return min(self.declared, self.held) / self.bytes_per_second if self.bytes_per_second else 0.0


def image_format(content: bytes) -> str:
    """Return `png`, `jpeg`, `gif`, `webp` or `svg`; empty for what is no image."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.lstrip()[:5] in (b"<svg ", b"<?xml") and b"<svg" in content[:4096]:
        return "svg"
    return next((name for name, signature in _IMAGES.items() if content.startswith(signature)), "")


def png_size(content: bytes) -> tuple[int, int] | None:
    """Return the width and height that the header chunk of a PNG states, in pixels."""
    if not content.startswith(PNG) or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def sound_format(content: bytes) -> str:
    """Return `wav`, `mp3`, `flac`, `ogg` or `aac`; empty for what is none of them."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    if len(content) > 3 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0:
        return "mp3" if content[1] & 0x06 else "aac"
    name = next((name for name, signature in _SOUNDS.items() if content.startswith(signature)), "")
    return "mp3" if name == "id3" else name


def wav(content: bytes) -> Wav | None:
    """Read the chunks of a WAV file up to its samples; None where there are none."""
    if sound_format(content) != "wav":
        return None
    at, form = 12, (0, 0, 0)
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if kind == b"fmt " and at + 24 <= len(content):
            form = struct.unpack("<HII", content[at + 10 : at + 20])
        if kind == b"data":
            channels, rate, per_second = form
            return Wav(size, len(content) - at - 8, per_second, rate, channels)
        at += 8 + size + size % 2
    return None
