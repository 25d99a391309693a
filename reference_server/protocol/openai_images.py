"""OpenAI's images: a request body to what is to be drawn."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reference_server.errors import Malformed, ModelNotFound, NotServed
from reference_server.protocol.fields import Reader, flag, integer, nullable, one_of, record, short_text, text
from reference_server.protocol.json_body import parse_object

MODELS = ("gpt-image-2", "gpt-image-1-mini")
USUAL_MODEL = "gpt-image-2"
USUAL_SIZE = "1024x1024"
STEP = 16
SMALLEST, LARGEST = 256, 3840
WIDEST = 3


def size(value: Any, at: str) -> str:
    """Read `auto`, or `WIDTHxHEIGHT` in pixels within what the models can draw."""
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text(value, at))
    if value != "auto" and not (match and _fits(int(match[1]), int(match[2]))):
        rule = f"expected 'auto', or WIDTHxHEIGHT in multiples of {STEP} from {SMALLEST} to {LARGEST}, at most 3:1."
        raise Malformed(at, rule)
    return str(value)


def _fits(width: int, height: int) -> bool:
    sides = sorted((width, height))
    whole = not (width % STEP or height % STEP)
    return whole and sides[0] >= SMALLEST and sides[1] <= LARGEST and sides[1] <= WIDEST * sides[0]


def only_png(value: Any, at: str) -> str:
    """Read a format; we can draw one."""
    name = one_of("png", "webp", "jpeg", "gif", "svg")(value, at)
    if name != "png":
        raise NotServed(at, f"'{name}'")
    return str(name)


required: Mapping[str, Reader] = {"prompt": short_text(32_000)}
optional: Mapping[str, Reader] = {
    "background": nullable(one_of("opaque", "auto")),
    "model": nullable(text),
    "moderation": nullable(one_of("low", "auto")),
    "n": nullable(integer(1, 10)),
    "output_compression": nullable(integer(0, 100)),
    "output_format": nullable(only_png),
    "partial_images": nullable(integer(0, 3)),
    "quality": nullable(one_of("low", "medium", "high", "auto")),
    "safety_identifier": nullable(text),
    "size": nullable(size),
    "stream": nullable(flag),
    "user": text,
}
parameters = record(required, optional)


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What is to be drawn, and how often; the size in pixels."""

    prompt: str
    model: str
    n: int
    width: int
    height: int
    quality: str


def parse_image(body: bytes) -> ImageRequest:
    """Read a request for images; like OpenAI's models these always answer in base64."""
    given = {key: value for key, value in parameters(parse_object(body), "").items() if value is not None}
    if given.get("stream"):
        raise NotServed("stream", "true")
    model = given.get("model", USUAL_MODEL)
    if model not in MODELS:
        raise ModelNotFound(model)
    asked = given.get("size", "auto")
    width, height = (USUAL_SIZE if asked == "auto" else asked).split("x")
    quality = given.get("quality", "auto")
    named = "medium" if quality == "auto" else quality
    return ImageRequest(given["prompt"], model, given.get("n", 1), int(width), int(height), named)
