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


OWN_ITEMS = frozenset(("message", "function_call", "custom_tool_call", "reasoning"))
"""Output items that every server with this endpoint may send; the others come from tools that OpenAI hosts."""


def response(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Response; what other ages of the API left out or named otherwise is let pass."""
    return tuple(each for each in tagged_departures(Response, value) if not _is_of_its_age(value, each))


def _is_of_its_age(value: Any, departure: Departure) -> bool:
    """Whether a field within a setting, an annotation or a hosted tool's item is not there, or a word is not known.

    OpenAI sends searches without their action (openai/openai-openapi#572), and told errors of tools in words at first.
    """
    place = departure.path
    if place[:1] != ("output",):
        return len(place) > 1 and (departure.expected == "present" or isinstance(departure.actual, str))
    if "annotations" in place:
        return departure.expected == "present"
    kind = _at(_at(_at(value, "output"), place[1]), "type") if len(place) > 2 else ""
    is_loose = departure.actual in ("absent", None) or place[2:3] == ("error",)
    return is_loose and kind not in ("", *OWN_ITEMS)


def _at(value: Any, step: str | int) -> Any:
    """Return what stands at a step of a path that is known to lead somewhere; empty where it does not."""
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return ""


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
