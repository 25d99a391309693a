"""Responses, their events and conversations held against the SDK's types."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, get_args

from openai.types.conversations import Conversation, ConversationItem
from openai.types.responses import Response, ResponseOutputItem, ResponseStreamEvent

from cozecheck.contract.shapes import Departure, tagged_departures

NEWER_EVENTS = frozenset(
    (
        "keepalive",
        "response.apply_patch_call_operation_diff.delta",
        "response.apply_patch_call_operation_diff.done",
    )
)
"""Events that OpenAI sends and the types do not know yet: recorded in 2026-05 and 2026-06."""


def response(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Response."""
    return tagged_departures(Response, value)


def events(kind: Any, values: Sequence[Mapping[str, Any]]) -> tuple[Departure, ...]:
    """Hold events of one type against the SDK's type of that name; paths begin with the position.

    Of events that bring a whole response nothing is said: what they hold is held against the type of responses.
    """
    shape = _by_tag(ResponseStreamEvent).get(kind)
    if shape is None or "response" in shape.model_fields:
        return ()
    return tagged_departures(list[shape], list(values))  # type: ignore[valid-type]


def is_known_event(kind: Any) -> bool:
    """Whether an event of this type is documented, or was recorded from OpenAI."""
    return kind in _by_tag(ResponseStreamEvent) or kind in NEWER_EVENTS


def is_known_item(kind: Any) -> bool:
    """Whether an output item of this type is documented."""
    return kind in _by_tag(ResponseOutputItem)


def conversation(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Conversation."""
    return tagged_departures(Conversation, value)


def conversation_item(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's ConversationItem."""
    return tagged_departures(ConversationItem, value)


@cache
def _by_tag(union: Any) -> dict[str, Any]:
    """Return the arms of an annotated union by the values of their `type`."""
    arms = get_args(get_args(union)[0])
    return {tag: arm for arm in arms for tag in get_args(arm.model_fields["type"].annotation)}
