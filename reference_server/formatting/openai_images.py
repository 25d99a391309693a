"""Images as OpenAI answers with them."""

import base64
from collections.abc import Sequence
from typing import Any

from reference_server.engines.tokenizer import encode
from reference_server.protocol.openai_images import ImageRequest

TOKENS = {"low": 272, "medium": 1056, "high": 4160}
"""Tokens of a square image of 1024 pixels, as documented; other sizes cost by their area."""
SQUARE = 1024 * 1024


def images_object(asked: ImageRequest, images: Sequence[bytes], created: int) -> dict[str, Any]:
    """Return images in base64; `created` in seconds since 1970."""
    return {
        "created": created,
        "background": "opaque",
        "data": [{"b64_json": base64.b64encode(image).decode()} for image in images],
        "output_format": "png",
        "quality": asked.quality,
        "size": f"{asked.width}x{asked.height}",
        "usage": usage_object(asked),
    }


def usage_object(asked: ImageRequest) -> dict[str, Any]:
    """Return what the images cost."""
    read = len(encode(asked.prompt))
    drawn = asked.n * (TOKENS[asked.quality] * asked.width * asked.height // SQUARE)
    return {
        "input_tokens": read,
        "input_tokens_details": {"image_tokens": 0, "text_tokens": read},
        "output_tokens": drawn,
        "output_tokens_details": {"image_tokens": drawn, "text_tokens": 0},
        "total_tokens": read + drawn,
    }
