"""Scenarios: images and audio as input."""

import struct
import zlib
from base64 import b64encode
from typing import Any

from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario

DRAWS = ("vision.*", "chat.*", "usage.*")
TEXT = "What is this?"


def png(width: int, height: int) -> bytes:
    """Make an orange image."""
    row = b"\x00" + b"\xf0\x90\x20" * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * height, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def wav(samples: int = 800, rate: int = 8000) -> bytes:
    """Make a moment of silence, in one channel of 16 bits."""
    content = bytes(2 * samples)
    head = struct.pack("<4sIHHIIHH4sI", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", len(content))
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(content)) + b"WAVE" + head + content


def data_url(media_type: str, content: bytes) -> str:
    """Write bytes as a data: URL."""
    return f"data:{media_type};base64,{b64encode(content).decode()}"


def show(subject: Subject, *parts: dict[str, Any]) -> dict[str, Any]:
    """Make a question about what is attached."""
    content = [{"type": "text", "text": TEXT}, *parts]
    return {**subject.ask(TEXT, 48), "messages": [{"role": "user", "content": content}]}


def image(content: bytes, **more: Any) -> dict[str, Any]:
    """Make the part of an image."""
    return {"type": "image_url", "image_url": {"url": data_url("image/png", content), **more}}


@scenario("vision.image", "vision.image-*", *DRAWS)
def images(subject: Subject) -> Steps:
    """A question without an image, and with one."""
    yield Send("without", json=show(subject))
    yield Send("with", json=show(subject, image(png(64, 64))))


@scenario("vision.detail", "vision.detail-*", *DRAWS)
def detail(subject: Subject) -> Steps:
    """A large image in low and in high detail."""
    large = png(1024, 1024)
    reply = yield Send("low", json=show(subject, image(large, detail="low")))
    if not refuses(reply):
        yield Send("high", json=show(subject, image(large, detail="high")))


@scenario("vision.others", "vision.audio-accepted", "vision.file-accepted")
def others(subject: Subject) -> Steps:
    """A sound, and a file."""
    sound = {"type": "input_audio", "input_audio": {"data": b64encode(wav()).decode(), "format": "wav"}}
    yield Send("sound", json=show(subject, sound))
    text = {"filename": "note.txt", "file_data": data_url("text/plain", b"Buy bread, and milk, and a lantern.")}
    yield Send("file", json=show(subject, {"type": "file", "file": text}))


@scenario("vision.wrong", "vision.bad-image", "errors.*")
def wrong(subject: Subject) -> Steps:
    """An image that is none."""
    yield Send("no picture", json=show(subject, image(b"no picture")), wrong="the image is none")
