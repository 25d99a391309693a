"""Requests for embeddings, and ways to break them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from openai.types.embedding_create_params import EmbeddingCreateParams

from cozecheck.scenarios.sending import Subject
from cozecheck.strategies.bodies import Json, Shape, body, group
from cozecheck.strategies.breaking import DEEP, NO_CHOICE, NOT_NUMBER, NOT_TEXT, NULL, REMOVED, Break
from cozecheck.strategies.case import Known
from cozecheck.strategies.messages import filled
from cozecheck.strategies.sdk_types import groups
from cozecheck.strategies.type_breaks import type_breaks
from cozecheck.strategies.values import small_json

tokens = st.lists(st.integers(0, 50_000), min_size=1, max_size=3)
several_texts = st.lists(filled, min_size=1, max_size=3)
inputs: SearchStrategy[Any] = st.one_of(filled, several_texts, tokens, st.lists(tokens, min_size=1, max_size=2))
OVERLAY = {"dimensions": st.sampled_from((256, 1, 2, 512, 1536))}
OPTIONAL = groups(EmbeddingCreateParams, OVERLAY, ("model", "input"))
BREAKS = (
    Break("missing-key", "model", REMOVED),
    Break("missing-key", "input", REMOVED),
    Break("null-value", "input", NULL),
    Break("wrong-type", "model", NOT_TEXT),
    Break("wrong-type", "input", st.sampled_from((7, True, {}, {"text": "text"}))),
    Break("odd-type", "input", st.sampled_from((None, {}, 7, True)), (1,), ["Hi.", "Hi."]),
    Break("odd-type", "input", st.sampled_from((None, {}, "Hi.", 1.5, [7])), (1,), [7, 7]),
    Break("empty-messages", "input", st.sampled_from(("", []))),
    Break("empty-messages", "input", st.just(""), (1,), ["Hi.", "Hi."]),
    Break("empty-messages", "input", st.just([]), (1,), [[7], [7]]),
    Break("over-limit", "input", st.just(["a"] * 2049)),
    Break("wrong-type", "dimensions", NOT_NUMBER),
    Break("out-of-range", "dimensions", st.sampled_from((0, -1, -(10**12))), told_of=""),
    Break("wrong-enumeration", "encoding_format", NO_CHOICE),
    Break("odd-type", "user", NOT_TEXT),
    Break("unknown-field", "not_a_parameter", small_json),
    Break("deep-nesting", "input", DEEP),
    *type_breaks(EmbeddingCreateParams, ("model", "input", "dimensions", "encoding_format", "user")),
)


def embedding(subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body."""
    return body({"model": st.just(subject.embedding_model), "input": inputs}, OPTIONAL)


def plain(subject: Subject) -> SearchStrategy[Json]:
    """Draw the body of a single text."""
    return group(model=subject.embedding_model, input=filled)


EMBEDDINGS = Shape("embeddings.create", "/embeddings", embedding, plain, BREAKS)
