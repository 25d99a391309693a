"""Images: valid PNG files, of the size asked for."""

import base64
import struct
import zlib
from typing import Any

import pytest

from tests.reference_server.asking import Json, app, ask, error

PATH = "/v1/images/generations"


def draw(**asked: Any) -> Json:
    body: Json = ask(app(), "POST", PATH, json={"prompt": "A cat", **asked}).json()
    return body


def rows(png: bytes) -> tuple[int, int, int]:
    """The width and height of a PNG with a palette, and the length of its pixels; checks every chunk on the way."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, chunks = 8, {}
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + data) == int.from_bytes(png[at + 8 + size : at + 12 + size])
        chunks[kind] = data
        at += 12 + size
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    return width, height, len(zlib.decompress(chunks[b"IDAT"]))


@pytest.mark.parametrize(("size", "width", "height"), [("1024x1024", 1024, 1024), ("256x512", 256, 512)])
def test_an_image_has_the_size_asked_for(size: str, width: int, height: int) -> None:
    body = draw(size=size)
    assert rows(base64.b64decode(body["data"][0]["b64_json"])) == (width, height, (width + 1) * height)
    assert body["size"] == size


def test_the_images_of_one_prompt_differ_and_come_again() -> None:
    images = [image["b64_json"] for image in draw(n=2, size="256x256")["data"]]
    assert len(set(images)) == 2
    assert images == [image["b64_json"] for image in draw(n=2, size="256x256")["data"]]


def test_usage_adds_up() -> None:
    usage = draw(n=2, quality="low")["usage"]
    assert usage["output_tokens"] == 2 * 272
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"prompt": None}, 400, "prompt"),
        ({"size": "huge"}, 400, "size"),
        ({"size": "250x256"}, 400, "size"),
        ({"size": "256x1024"}, 400, "size"),
        ({"n": 11}, 400, "n"),
        ({"stream": True}, 400, "stream"),
        ({"output_format": "webp"}, 400, "output_format"),
        ({"response_format": "url"}, 400, "response_format"),
        ({"model": "gpt-4o-mini"}, 404, None),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(change: Json, status: int, param: str | None) -> None:
    answer = ask(app(), "POST", PATH, json={"prompt": "A cat", **change})
    assert answer.status_code == status
    assert error(answer)["param"] == param
