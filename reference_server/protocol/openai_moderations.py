"""OpenAI's moderations: a request body to what is to be judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reference_server.errors import ModelNotFound, NotServed
from reference_server.protocol.fields import Reader, array, either, nullable, record, tagged, text
from reference_server.protocol.json_body import parse_object
from reference_server.protocol.media import Attachment, image, refuse_addresses

USUAL_MODEL = "omni-moderation-latest"
MODELS = ("omni-moderation-latest", "omni-moderation-2024-09-26", "text-moderation-latest", "text-moderation-007")
MOST_INPUTS = 2048


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing to be judged: its text, and its images, which are told apart from no image only."""

    text: str
    images: tuple[Attachment, ...] = ()


def image_part(value: Any, at: str) -> Attachment:
    """Read an image within the request."""
    read = record({"type": text, "image_url": record({"url": text})})(value, at)
    given = image(read["image_url"]["url"], "auto", f"{at}.image_url.url")
    refuse_addresses([given])
    return given


part = tagged("type", {"text": record({"type": text, "text": text}), "image_url": image_part})


def alone(value: Any, at: str) -> tuple[Judged, ...]:
    """Read a single text."""
    return (Judged(text(value, at)),)


def several(value: Any, at: str) -> tuple[Judged, ...]:
    """Read texts, each judged by itself, or parts, judged together; the first element tells which."""
    if value and isinstance(value[0], dict):
        parts = array(part, least=1, most=MOST_INPUTS)(value, at)
        texts = [each["text"] for each in parts if isinstance(each, dict)]
        return (Judged("\n".join(texts), tuple(each for each in parts if isinstance(each, Attachment))),)
    return tuple(Judged(each) for each in array(text, least=1, most=MOST_INPUTS)(value, at))


required: Mapping[str, Reader] = {"input": either({str: alone, list: several}, "one of a string or an array")}
optional: Mapping[str, Reader] = {"model": nullable(text)}
parameters = record(required, optional)


@dataclass(frozen=True, slots=True)
class ModerationRequest:
    """What is to be judged, and by which model."""

    model: str
    inputs: tuple[Judged, ...]

    @property
    def is_omni(self) -> bool:
        """Whether the model judges images, and knows all categories."""
        return self.model.startswith("omni-")


def parse_moderation(body: bytes) -> ModerationRequest:
    """Read and check a whole body; a Refusal names the first thing that is wrong."""
    given = parameters(parse_object(body), "")
    asked = ModerationRequest(given.get("model") or USUAL_MODEL, given["input"])
    if asked.model not in MODELS:
        raise ModelNotFound(asked.model)
    if not asked.is_omni and any(each.images for each in asked.inputs):
        raise NotServed("input", f"images with '{asked.model}'")
    return asked
