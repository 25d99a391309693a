"""Exchanges read as images made for a prompt."""

import base64
import binascii
import re
from collections.abc import Iterator

from cozecheck.exchange import Exchange
from cozecheck.views.calls import Call, call, success

SIZE = re.compile(r"(\d+)x(\d+)")


def image_request(exchange: Exchange) -> Call | None:
    """Read an answered request for images in which nothing is wrong."""
    made = call(exchange, "images.generate")
    return made if made and made.asked.get("prompt") and not _has_odd_size(made) else None


def promptless(exchange: Exchange) -> Call | None:
    """Read an answered request for images without a prompt."""
    made = call(exchange, "images.generate")
    return made if made and made.asked and "prompt" not in made.asked else None


def odd_size(exchange: Exchange) -> Call | None:
    """Read an answered request for images whose size is none."""
    made = call(exchange, "images.generate")
    return made if made and made.asked.get("prompt") and _has_odd_size(made) else None


def _has_odd_size(made: Call) -> bool:
    size = made.asked.get("size")
    return size not in (None, "auto") and not (isinstance(size, str) and SIZE.fullmatch(size))


def images(exchange: Exchange) -> Call | None:
    """Read images that were made."""
    return success(exchange, "images.generate")


def pictures(made: Call) -> Iterator[tuple[str, bytes | None]]:
    """Yield the place and the bytes of each image that came in base64; None for what is no base64."""
    for at, item in made.items:
        text = item.get("b64_json")
        if isinstance(text, str) and text:
            try:
                yield f"{at}/b64_json", base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                yield f"{at}/b64_json", None
