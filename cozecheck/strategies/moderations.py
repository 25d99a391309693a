"""Requests for moderations, and ways to break them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.scenarios.sending import Subject
from cozecheck.strategies.bodies import Json, Shape, body, group
from cozecheck.strategies.breaking import DEEP, NO_CHOICE, NOT_TEXT, NULL, REMOVED, Break
from cozecheck.strategies.case import Known
from cozecheck.strategies.messages import IMAGES, filled
from cozecheck.strategies.values import small_json, texts

parts = st.one_of(group(type="text", text=filled), group(type="image_url", image_url=group(url=IMAGES)))
inputs: SearchStrategy[Any] = st.one_of(
    texts, st.lists(texts, min_size=1, max_size=3), st.lists(parts, min_size=1, max_size=2)
)
MODELS = st.sampled_from(("omni-moderation-latest", "omni-moderation-2024-09-26"))
OPTIONAL = {"model": group(model=MODELS)}
PART = [{"type": "text", "text": "Hi."}]
BREAKS = (
    Break("missing-key", "input", REMOVED),
    Break("null-value", "input", NULL),
    Break("wrong-type", "input", st.sampled_from((7, True, {}, {"type": "text", "text": "Hi."}))),
    Break("empty-array", "input", st.just([])),
    Break("odd-type", "input", NOT_TEXT, (0, "text"), PART),
    Break("missing-inside", "input", REMOVED, (0, "type"), PART),
    Break("missing-inside", "input", REMOVED, (0, "text"), PART),
    Break("unknown-choice", "input", NO_CHOICE, (0, "type"), PART),
    Break("unknown-field", "input", small_json, (0, "not_a_parameter"), PART),
    Break("wrong-type", "model", NOT_TEXT),
    Break("unknown-field", "not_a_parameter", small_json),
    Break("deep-nesting", "input", DEEP),
)


def moderation(_subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body."""
    return body({"input": inputs}, OPTIONAL)


def plain(_subject: Subject) -> SearchStrategy[Json]:
    """Draw the body of a single text."""
    return group(input=texts)


MODERATIONS = Shape("moderations.create", "/moderations", moderation, plain, BREAKS)
