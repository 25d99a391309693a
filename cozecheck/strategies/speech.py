"""Requests for speech, and ways to break them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from openai.types.audio.speech_create_params import SpeechCreateParams

from cozecheck.contract.parameters import Range
from cozecheck.scenarios.sending import Subject
from cozecheck.strategies.bodies import Json, Shape, body, group
from cozecheck.strategies.breaking import DEEP, NO_CHOICE, NOT_NUMBER, NOT_TEXT, NULL, REMOVED, Break
from cozecheck.strategies.case import Known
from cozecheck.strategies.numbers import beyond
from cozecheck.strategies.sdk_types import groups
from cozecheck.strategies.type_breaks import type_breaks
from cozecheck.strategies.values import ODD, decimals, small_json

SPEED = Range("speed", 0.25, 4)
"""From OpenAI's OpenAPI document, CreateSpeechRequest."""
sayings = st.sampled_from(tuple(text for text in ODD if 0 < len(text.strip()) <= 64))
VOICES = st.sampled_from(("alloy", "ash", "coral", "shimmer"))
OVERLAY: dict[str, SearchStrategy[Any]] = {
    "speed": st.sampled_from(decimals(SPEED.low, SPEED.high)),
    "stream_format": st.just("audio"),
}
OPTIONAL = groups(SpeechCreateParams, OVERLAY, ("model", "input", "voice"))
BREAKS = (
    Break("missing-key", "input", REMOVED),
    Break("missing-key", "model", REMOVED),
    Break("missing-key", "voice", REMOVED),
    Break("null-value", "input", NULL),
    Break("wrong-type", "input", NOT_TEXT),
    Break("wrong-type", "model", NOT_TEXT),
    Break("odd-type", "voice", st.sampled_from((7, True, [], ["alloy"]))),
    Break("unknown-choice", "voice", NO_CHOICE),
    Break("wrong-enumeration", "response_format", NO_CHOICE),
    Break("wrong-type", "speed", NOT_NUMBER),
    Break("out-of-range", "speed", beyond(SPEED)),
    Break("too-long", "input", st.just("a" * 4097)),
    Break("unknown-field", "not_a_parameter", small_json),
    Break("deep-nesting", "input", DEEP),
    *type_breaks(SpeechCreateParams, ("model", "input", "voice", "speed", "response_format")),
)


def speech(subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body."""
    return body({"model": st.just(subject.speech_model), "input": sayings, "voice": VOICES}, OPTIONAL)


def plain(subject: Subject) -> SearchStrategy[Json]:
    """Draw the body of a single saying."""
    return group(model=subject.speech_model, input=sayings, voice="alloy")


SPEECH = Shape("audio.speech.create", "/audio/speech", speech, plain, BREAKS)
