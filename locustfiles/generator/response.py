"""Responses, read for their measures."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from generator.events import DONE, Timed
from generator.failure import Failure, Kind
from generator.told import Told

OUTPUT = (
    "response.output_text.delta",
    "response.refusal.delta",
    "response.function_call_arguments.delta",
    "response.custom_tool_call_input.delta",
)
REASONING = ("response.reasoning_text.delta", "response.reasoning_summary_text.delta")
ENDS = ("response.completed", "response.incomplete")
ERRORS = ("response.failed", "error")


def read_stream(events: Sequence[Timed]) -> Told:
    """Read a stream of typed events; one without an end is cut."""
    told = Told(events=len(events))
    is_over = False
    for at, data in events:
        if data == DONE:
            continue
        try:
            is_over |= _take(told, orjson.loads(data), at)
        except (ValueError, TypeError, AttributeError, KeyError):
            told.failure = Failure(Kind.MALFORMED, "an event that is none of a response")
            return told
    if told.failure is None and not is_over:
        what = "the stream ended without response.completed" if events else "no events in the response"
        told.failure = Failure(Kind.CUT if events else Kind.MALFORMED, what)
    return told


def _take(told: Told, event: Mapping[str, Any], at: float) -> bool:
    kind = event["type"]
    if kind in OUTPUT or kind in REASONING:
        if text := event["delta"]:
            told.token(at, text, is_output=kind in OUTPUT)
    elif kind in ENDS:
        _count(told, event["response"].get("usage") or {})
        return True
    elif kind in ERRORS:
        told.failure = Failure(Kind.ERROR_EVENT, "an error in the middle of the stream")
    return False


def read_whole(value: Any) -> Told:
    """Read a response; TypeError, KeyError … for what is none."""
    told = Told()
    _count(told, value.get("usage") or {})
    for item in value["output"]:
        told.texts += [part.get("text") or part.get("refusal") or "" for part in item.get("content") or ()]
        told.texts.append(item.get("arguments") or "")
    return told


def _count(told: Told, usage: Mapping[str, Any]) -> None:
    told.tokens_in = usage.get("input_tokens") or 0
    told.tokens_out = usage.get("output_tokens") or 0
