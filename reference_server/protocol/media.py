"""Images, sounds and files that a request carries, measured by their bytes."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from reference_server.errors import Refusal

IMAGES = ("png", "jpeg", "gif", "webp")
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that carry the size: all frames, without tables and reserved ones."""
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that is no text: `size` in bytes, `width` and `height` of an image in pixels.

    An image that is elsewhere has its `url`, and neither content nor size.
    """

    kind: Literal["image", "sound", "file"]
    format: str
    size: int
    width: int = 0
    height: int = 0
    detail: str = "auto"
    content: bytes = field(default=b"", repr=False)
    url: str = field(default="", repr=False)

    def described(self) -> str:
        """Say what it is, in words."""
        if self.kind == "image":
            return f"an image ({self.format.upper()}, {self.width} by {self.height} pixels)"
        return f"a {self.kind} ({self.format}, {self.size} bytes)"


class InvalidImage(Refusal):
    """An image that is none of the formats we know, or is not in the request itself."""

    def __init__(self, param: str | None, message: str, code: str) -> None:
        """`code` is OpenAI's: `invalid_image_url` or `invalid_image_format`."""
        super().__init__(400, message, code=code, param=param)


class NotDownloaded(InvalidImage):
    """An image that somebody would have to fetch."""

    def __init__(self) -> None:
        super().__init__(None, "This server does not download images: send a data: URL.", "invalid_image_url")


def image(url: str, detail: str, at: str) -> Attachment:
    """Measure an image out of a `data:` URL; nothing is ever downloaded, an address is for the engine."""
    if url.startswith(("https://", "http://")):
        return Attachment("image", "url", 0, detail=detail, url=url)
    if not url.startswith("data:"):
        raise NotDownloaded
    content = data_of(url, at)
    found = measured(content)
    if found is None:
        message = (
            "You uploaded an unsupported image. "
            f"Please make sure your image has of one the following formats: {list(IMAGES)}."  # their words
        )
        raise InvalidImage(None, message, "invalid_image_format")
    name, (width, height) = found
    return Attachment("image", name, len(content), width, height, detail, content)


def refuse_addresses(attached: Iterable[Attachment]) -> None:
    """Refuse images that are not in the request itself: for engines that fetch nothing."""
    if any(each.url for each in attached):
        raise NotDownloaded


def data_of(url: str, at: str) -> bytes:
    """Return the bytes of a `data:` URL in base64, or of plain base64."""
    head, comma, body = url.partition(",")
    try:
        return base64.b64decode(body if comma and head.startswith("data:") else url, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidImage(at, f"Invalid '{at}': expected base64-encoded data.", "invalid_base64") from error


def measured(content: bytes) -> tuple[str, Size] | None:
    """Return an image's format, and its width and height in pixels; None for what is no image we know."""
    readers = {"png": png_size, "gif": gif_size, "jpeg": jpeg_size, "webp": webp_size}
    return next(((name, size) for name, read in readers.items() if (size := read(content)) and all(size)), None)


def png_size(content: bytes) -> Size | None:
    """Read the header chunk of a PNG."""
    is_png = content[:8] == b"\x89PNG\r\n\x1a\n" and content[12:16] == b"IHDR" and len(content) >= 24
    return (number(content[16:20], "big"), number(content[20:24], "big")) if is_png else None


def gif_size(content: bytes) -> Size | None:
    """Read the logical screen of a GIF."""
    is_gif = content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10
    return (number(content[6:8], "little"), number(content[8:10], "little")) if is_gif else None


def jpeg_size(content: bytes) -> Size | None:
    """Read the first frame of a JPEG, segment by segment."""
    at = 2
    while content[:2] == b"\xff\xd8" and at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in START_OF_FRAME:
            return number(content[at + 7 : at + 9], "big"), number(content[at + 5 : at + 7], "big")
        at += 2 + number(content[at + 2 : at + 4], "big")
    return None


def webp_size(content: bytes) -> Size | None:
    """Read the canvas or the frame of a WebP, in any of its three kinds."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return number(content[24:27], "little") + 1, number(content[27:30], "little") + 1
    if kind == b"VP8L":
        bits = number(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return number(content[26:28], "little") & 0x3FFF, number(content[28:30], "little") & 0x3FFF


def number(content: bytes, order: Literal["big", "little"]) -> int:
    """Read a whole number that is not negative."""
    return int.from_bytes(content, order)
