"""Images: an exchange that passes and one that fails, for every check."""

import base64
import struct
import zlib
from typing import Any

import pytest

from cozecheck.checks import ALL
from cozecheck.contract.media import image_format, png_size
from cozecheck.exchange import Exchange
from tests.checks.calls import NOW, Json, call, failed

USAGE: Json = {
    "input_tokens": 2,
    "input_tokens_details": {"image_tokens": 0, "text_tokens": 2},
    "output_tokens": 3,
    "total_tokens": 5,
}


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


IMAGE = base64.b64encode(png(16, 32)).decode()
BODY: Json = {"created": NOW, "data": [{"b64_json": IMAGE}], "output_format": "png", "usage": USAGE}


def drawn(answer: Any = BODY, *, status: int = 200, **asked: Any) -> Exchange:
    body = {"model": "gpt-image-2", "prompt": "A cat", "size": "16x32", **asked}
    sent = {key: value for key, value in body.items() if value is not None}
    return call("POST", "/images/generations", answer, sent, status=status)


REFUSED: Json = {"error": {"message": "Wrong", "type": "invalid_request_error", "param": "x", "code": None}}
PASSIVE = {
    "images.generate": (drawn(), drawn({"error": {"message": "Broken"}}, status=500)),
    "images.shape": (drawn(), drawn({**BODY, "created": "now"})),
    "images.created": (drawn(), drawn({**BODY, "created": NOW * 1000})),
    "images.count": (drawn(), drawn(n=2)),
    "images.data": (drawn(), drawn({**BODY, "data": [{}]})),
    "images.decodes": (drawn(), drawn({**BODY, "data": [{"b64_json": f"data:image/png;base64,{IMAGE}"}]})),
    "images.format": (drawn(), drawn({**BODY, "output_format": "webp"})),
    "images.size": (drawn(), drawn(size="32x32")),
    "images.usage": (drawn(), drawn({**BODY, "usage": {**USAGE, "total_tokens": 6}})),
    "images.required": (drawn(REFUSED, status=400, prompt=None), drawn(prompt=None)),
    "images.size-checked": (drawn(REFUSED, status=400, size="huge"), drawn(size="huge")),
}


@pytest.mark.parametrize("id", PASSIVE)
def test_a_check_passes_what_is_right_and_fails_what_is_wrong(id: str) -> None:
    right, wrong = PASSIVE[id]
    assert failed(id, right) == (1, 0)
    assert failed(id, wrong) == (1, 1)


def test_every_check_of_the_family_is_here() -> None:
    assert {check.id for check in ALL if check.family == "images"} - {"images.sdk-reads"} == set(PASSIVE)


def test_an_image_that_is_elsewhere_is_not_looked_at() -> None:
    elsewhere = drawn({"created": NOW, "data": [{"url": "https://images.example/cat.png"}]})
    assert failed("images.decodes", elsewhere) == (1, 0)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (png(1, 1), "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF89a", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"<svg xmlns='x'/>", "svg"),
        (b"", ""),
        (b"{}", ""),
    ],
)
def test_images_are_told_by_their_first_bytes(content: bytes, name: str) -> None:
    assert image_format(content) == name


def test_the_size_of_a_png_stands_in_its_header() -> None:
    assert png_size(png(640, 480)) == (640, 480)
    assert png_size(png(640, 480)[:20]) is None
