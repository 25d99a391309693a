"""Requests for images, and ways to break them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from openai.types.image_generate_params import ImageGenerateParamsBase

from cozecheck.contract.parameters import Range
from cozecheck.scenarios.sending import Subject
from cozecheck.strategies.bodies import Json, Shape, body, group
from cozecheck.strategies.breaking import DEEP, NO_CHOICE, NOT_NUMBER, NOT_TEXT, NULL, REMOVED, Break
from cozecheck.strategies.case import Known
from cozecheck.strategies.messages import filled
from cozecheck.strategies.numbers import beyond
from cozecheck.strategies.sdk_types import groups
from cozecheck.strategies.type_breaks import type_breaks
from cozecheck.strategies.values import small_json

RANGES = (
    Range("n", 1, 10, whole=True),
    Range("output_compression", 0, 100, whole=True),
    Range("partial_images", 0, 3, whole=True),
)
"""From OpenAI's OpenAPI document, CreateImageRequest."""
SETTLED = ("model", "prompt", "size", *(each.param for each in RANGES))
OF_FEW_MODELS = ("background", "complexity", "frame_count", "frame_duration_ms", "output_compression", "output_format")
DEAR = (*OF_FEW_MODELS, "partial_images", "quality", "response_format", "style", "svg")
OVERLAY: dict[str, SearchStrategy[Any]] = {"n": st.just(1), "size": st.sampled_from(("1024x1024", "auto"))}
OPTIONAL = groups(ImageGenerateParamsBase, OVERLAY, ("model", "prompt", *DEAR))
BREAKS = (
    Break("missing-key", "prompt", REMOVED),
    Break("null-value", "prompt", NULL),
    Break("wrong-type", "prompt", NOT_TEXT),
    Break("wrong-type", "model", NOT_TEXT),
    Break("unknown-choice", "size", st.sampled_from(("huge", "1x1", "1024", "0x0", "-1024x1024", "1024x1024x1024"))),
    *(Break("wrong-type", each.param, NOT_NUMBER) for each in RANGES),
    *(Break("out-of-range", each.param, beyond(each)) for each in RANGES),
    Break("too-long", "prompt", st.just("a" * 32_001)),
    Break("unknown-choice", "quality", NO_CHOICE),
    Break("unknown-field", "not_a_parameter", small_json),
    Break("deep-nesting", "prompt", DEEP),
    *type_breaks(ImageGenerateParamsBase, (*SETTLED, "quality")),
)


def image(subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body: one image, as small and as coarse as can be."""
    return body({"model": st.just(subject.image_model), "prompt": filled, "quality": st.just("low")}, OPTIONAL)


def plain(subject: Subject) -> SearchStrategy[Json]:
    """Draw the body of a single prompt."""
    return group(model=subject.image_model, prompt=filled, quality="low")


IMAGE = Shape("images.generate", "/images/generations", image, plain, BREAKS)
