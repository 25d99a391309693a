"""Requests for batches, and ways to break them."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from openai.types.batch_create_params import BatchCreateParams

from cozecheck.contract.parameters import Range
from cozecheck.scenarios.sending import Subject
from cozecheck.strategies.bodies import Json, Shape, body, group
from cozecheck.strategies.breaking import NO_CHOICE, NOT_NUMBER, NOT_TEXT, REMOVED, Break
from cozecheck.strategies.case import ABSENT, Known
from cozecheck.strategies.numbers import beyond
from cozecheck.strategies.type_breaks import type_breaks
from cozecheck.strategies.values import metadata, small_json

LIFE = Range("seconds", 3600, 2_592_000, whole=True)
"""From OpenAI's OpenAPI document, BatchFileExpirationAfter."""
EXPIRY = {"anchor": "created_at", "seconds": 3600}
CHAT = {"endpoint": "/v1/chat/completions", "completion_window": "24h"}
OPTIONAL = {
    "metadata": group(metadata=metadata),
    "output_expires_after": group(
        output_expires_after=group(anchor="created_at", seconds=st.integers(3600, 2_592_000))
    ),
}
REQUIRED = ("input_file_id", "endpoint", "completion_window")
BREAKS = (
    *(Break("missing-key", name, REMOVED) for name in REQUIRED),
    *(Break("wrong-type", name, NOT_TEXT) for name in REQUIRED),
    Break("wrong-enumeration", "endpoint", st.sampled_from(("", "/v1/nothing", "chat", "https://example.com"))),
    Break("wrong-enumeration", "completion_window", st.sampled_from(("", "1s", "24", "🦀"))),
    Break("missing-inside", "output_expires_after", REMOVED, ("anchor",), EXPIRY),
    Break("missing-inside", "output_expires_after", REMOVED, ("seconds",), EXPIRY),
    Break("unknown-choice", "output_expires_after", NO_CHOICE, ("anchor",), EXPIRY),
    Break("odd-type", "output_expires_after", NOT_NUMBER, ("seconds",), EXPIRY),
    Break(
        "out-of-range",
        "output_expires_after",
        beyond(LIFE).filter(lambda life: not LIFE.holds(life)),
        ("seconds",),
        EXPIRY,
    ),
    Break("over-limit", "metadata", st.just({str(number): "" for number in range(17)})),
    Break("unknown-field", "not_a_parameter", small_json),
    *type_breaks(BatchCreateParams, REQUIRED),
)


def batch(_subject: Subject, known: Known) -> SearchStrategy[Json]:
    """Draw a legal body for a file that is there."""
    return body(
        {"input_file_id": st.just(known.file), **{name: st.just(value) for name, value in CHAT.items()}}, OPTIONAL
    )


BATCH = Shape(
    "batches.create", "/batches", batch, lambda _subject: group(input_file_id=f"file-{ABSENT}", **CHAT), BREAKS
)
