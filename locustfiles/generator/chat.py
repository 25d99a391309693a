"""Chat completions, read for their measures."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from generator.events import DONE, Timed
from generator.failure import Failure, Kind
from generator.told import Told


def read_stream(events: Sequence[Timed]) -> Told:
    """Read a stream of chunks; one without an end is cut."""
    told = Told(events=len(events))
    is_over = False
    for at, data in events:
        if data == DONE:
            is_over = True
            continue
        try:
            chunk = orjson.loads(data)
            is_over |= _take(told, chunk, at)
        except (ValueError, TypeError, AttributeError, KeyError, IndexError):
            told.failure = Failure(Kind.MALFORMED, "an event that is no chunk of a chat completion")
            return told
    if told.failure is None and not is_over:
        what = "the stream ended without [DONE] or a finish_reason" if events else "no events in the response"
        told.failure = Failure(Kind.CUT if events else Kind.MALFORMED, what)
    return told


def _take(told: Told, chunk: Mapping[str, Any], at: float) -> bool:
    """Note what a chunk holds; return whether it ends a choice."""
    if chunk.get("error"):
        told.failure = Failure(Kind.ERROR_EVENT, "an error in the middle of the stream")
    if usage := chunk.get("usage"):
        _count(told, usage)
    is_over = False
    for choice in chunk.get("choices", ()):
        delta = choice.get("delta") or {}
        if text := delta.get("content") or delta.get("refusal"):
            told.token(at, text)
        elif calls := delta.get("tool_calls"):
            told.token(at, "".join(_called(call) for call in calls))
        elif text := delta.get("reasoning_content") or delta.get("reasoning"):
            told.token(at, text, is_output=False)
        is_over |= choice.get("finish_reason") is not None
    return is_over


def read_whole(value: Any) -> Told:
    """Read a completion; TypeError, KeyError … for what is none."""
    told = Told()
    _count(told, value.get("usage") or {})
    for choice in value["choices"]:
        message = choice["message"]
        told.texts += [message.get("content") or message.get("refusal") or ""]
        told.texts += [_called(call) for call in message.get("tool_calls") or ()]
    if not value["choices"]:
        told.failure = Failure(Kind.MALFORMED, "a completion without choices")
    return told


def _called(call: Mapping[str, Any]) -> str:
    function = call.get("function") or {}
    return function.get("arguments") or ""


def _count(told: Told, usage: Mapping[str, Any]) -> None:
    told.tokens_in = usage.get("prompt_tokens") or 0
    told.tokens_out = usage.get("completion_tokens") or 0
