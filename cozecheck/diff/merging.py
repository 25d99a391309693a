"""Streamed pieces put together as the official client does it."""

from collections.abc import Iterable, Mapping
from typing import Any

ONCE = frozenset(("role", "index", "type", "finish_reason"))
"""What is sent once: the first value counts."""

OBJECTS = {"chat.completion.chunk": "chat.completion", "text_completion": "text_completion"}
"""What chunks call themselves, and what the body is called that they spell out."""


class _Pieces(list[str]):
    """A text that is still growing: joined at the end, for joining at each piece takes the square of the time."""


def chat_completion(chunks: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Put the chunks of a chat completion, or of a completion, together to the body that they spell out."""
    whole: dict[str, Any] = {}
    choices: dict[str, dict[str, Any]] = {}
    for chunk in chunks:
        for key, value in chunk.items():
            if key == "usage" and value is not None:
                whole["usage"] = value
            elif key not in ("choices", "usage", "obfuscation"):
                whole.setdefault(key, value)
        listed = chunk.get("choices")
        for choice in listed if isinstance(listed, list) else ():
            if isinstance(choice, dict):
                _merge(choices.setdefault(repr(choice.get("index")), {}), choice)
    if isinstance(whole.get("object"), str):
        whole["object"] = OBJECTS.get(whole["object"], f"{whole['object']}, in a chunk")
    return {**whole, "choices": [_said(choice) for choice in choices.values()]}


def _said(choice: dict[str, Any]) -> dict[str, Any]:
    joined: dict[str, Any] = _joined(choice)
    message = joined.pop("delta", None)
    if isinstance(message, dict):
        for call in message.get("tool_calls") or ():
            if isinstance(call, dict):
                call.pop("index", None)
        joined["message"] = message
    return joined


def _merge(whole: dict[str, Any], piece: Mapping[str, Any]) -> None:
    for key, value in piece.items():
        before = whole.get(key)
        if isinstance(value, dict):
            if not isinstance(before, dict):
                before = whole[key] = {}
            _merge(before, value)
        elif isinstance(value, list):
            if not isinstance(before, list) or isinstance(before, _Pieces):
                before = whole[key] = []
            _extend(before, value)
        elif isinstance(value, str) and key not in ONCE:
            if not isinstance(before, _Pieces):
                before = whole[key] = _Pieces()
            before.append(value)
        elif before is None:
            whole[key] = value


def _extend(whole: list[Any], pieces: list[Any]) -> None:
    for piece in pieces:
        index = piece.get("index") if isinstance(piece, dict) else None
        if not isinstance(index, int):
            whole.append(piece)
            continue
        there = next((each for each in whole if isinstance(each, dict) and each.get("index") == index), None)
        if there is None:
            whole.append(there := {})
        _merge(there, piece)


def _joined(value: Any) -> Any:
    if isinstance(value, _Pieces):
        return "".join(value)
    if isinstance(value, dict):
        return {key: _joined(part) for key, part in value.items()}
    return [_joined(part) for part in value] if isinstance(value, list) else value
