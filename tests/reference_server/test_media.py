import struct
from base64 import b64encode
from typing import Any

import pytest

from reference_server.errors import Refusal
from reference_server.protocol.media import measured
from reference_server.protocol.openai_chat import parse_chat_request
from tests.reference_server.asking import app, body, chat, error, post

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480) + bytes(5)
GIF = b"GIF89a" + struct.pack("<HH", 640, 480) + bytes(3)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0" + struct.pack(">HBHH", 17, 8, 480, 640) + bytes(12)
WEBP_X = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
WEBP_L = b"RIFF\0\0\0\0WEBPVP8L" + bytes(5) + (639 | 479 << 14).to_bytes(4, "little") + bytes(5)
WEBP = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 640, 480)


@pytest.mark.parametrize(
    ("content", "name"),
    [(PNG, "png"), (GIF, "gif"), (JPEG, "jpeg"), (WEBP_X, "webp"), (WEBP_L, "webp"), (WEBP, "webp")],
)
def test_an_image_is_measured_by_its_bytes(content: bytes, name: str) -> None:
    assert measured(content) == (name, (640, 480))


@pytest.mark.parametrize(
    "content", [b"", b"no picture", PNG[:20], b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0\0" * 9, bytes(40)]
)
def test_what_is_no_image_is_none(content: bytes) -> None:
    assert measured(content) is None


def url(content: bytes) -> str:
    return f"data:image/png;base64,{b64encode(content).decode()}"


def image(address: str) -> Any:
    return [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": address}}]


@pytest.mark.parametrize(
    ("address", "code", "param"),
    [
        ("ftp://pictures.example/a.png", "invalid_image_url", None),
        (url(b"no picture"), "invalid_image_format", None),
        ("data:image/png;base64,%%%", "invalid_base64", "messages[0].content[1].image_url.url"),
    ],
)
def test_an_image_that_is_none_is_refused(address: str, code: str, param: str | None) -> None:
    with pytest.raises(Refusal) as caught:
        parse_chat_request(body(chat(image(address))))
    assert (caught.value.code, caught.value.param) == (code, param)


def test_an_image_elsewhere_is_for_engines_that_fetch() -> None:
    response = post(app(), chat(image("https://pictures.example/a.png")))
    assert (response.status_code, error(response)["code"]) == (400, "invalid_image_url")


def test_a_file_that_lies_elsewhere_is_refused_by_its_place() -> None:
    with pytest.raises(Refusal) as caught:
        parse_chat_request(body(chat([{"type": "file", "file": {"file_id": "file-1"}}])))
    assert caught.value.param == "messages[0].content[0].file.file_id"


def test_an_image_is_acknowledged_and_counted() -> None:
    answered = post(app(), chat(image(url(PNG)))).json()
    assert answered["choices"][0]["message"]["content"] == "I was given an image (PNG, 640 by 480 pixels)."
    plain = post(app(), chat("What is this?")).json()
    assert answered["usage"]["prompt_tokens"] == plain["usage"]["prompt_tokens"] + 85 + 2 * 170


def test_a_sound_and_a_file_are_acknowledged() -> None:
    sound = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
    file = {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,SGk="}}
    answered = post(app(), chat([sound, file])).json()["choices"][0]["message"]["content"]
    assert answered == "I was given a sound (wav, 4 bytes), and a file (a.txt, 2 bytes)."
