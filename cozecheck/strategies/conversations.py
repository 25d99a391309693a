"""Requests that make and change conversations, and ways to break them."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.scenarios.sending import Subject
from cozecheck.strategies.bodies import Json, Shape, body, group
from cozecheck.strategies.breaking import DEEP, NOT_LIST, REMOVED, Break
from cozecheck.strategies.case import Known
from cozecheck.strategies.items import conversations, item_breaks
from cozecheck.strategies.values import metadata, small_json

MANY = {str(number): "" for number in range(17)}
METADATA = (
    Break("wrong-type", "metadata", st.sampled_from(("text", 7, True, [], ["text"]))),
    Break("over-limit", "metadata", st.just(MANY)),
    Break("too-long", "metadata", st.just({"k" * 65: ""})),
    Break("unknown-field", "not_a_parameter", small_json),
)
ITEMS = (
    Break("wrong-type", "items", NOT_LIST),
    Break("over-limit", "items", st.just([{"role": "user", "content": "Hi."}] * 21)),
    Break("deep-nesting", "items", DEEP),
    *(each for each in item_breaks("items") if each.mutation != "tool-order"),
)
TAKES_NOTHING = frozenset(("empty-body",))
"""A conversation may be made of nothing."""


def conversation(_subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body of a new conversation."""
    return body({}, {"items": group(items=conversations | st.none()), "metadata": group(metadata=metadata)})


def change(_subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body of a change."""
    return group(metadata=metadata)


def addition(_subject: Subject, _known: Known) -> SearchStrategy[Json]:
    """Draw a legal body of more items."""
    return group(items=conversations)


CREATE = Shape(
    "conversations.create",
    "/conversations",
    conversation,
    lambda _subject: group(metadata=metadata),
    (*METADATA, *ITEMS),
    TAKES_NOTHING,
)
UPDATE = Shape(
    "conversations.update",
    "/conversations/{conversation}",
    change,
    lambda _subject: group(metadata=metadata),
    (*METADATA, Break("missing-inside", "metadata", REMOVED)),
)
ADD = Shape(
    "conversations.items.create",
    "/conversations/{conversation}/items",
    addition,
    lambda _subject: group(items=[{"role": "user", "content": "Hi."}]),
    (*ITEMS, Break("missing-key", "items", REMOVED), Break("empty-messages", "items", st.just([]))),
)
