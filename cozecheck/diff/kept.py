"""What a request says and the answer repeats: it is kept, not drawn."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from cozecheck.diff.paths import any_matches, matches
from cozecheck.diff.telling import Differences, told
from cozecheck.diff.tree import Change

KEPT: Mapping[str, tuple[str, ...]] = {
    "files.*": ("/filename", "/bytes", "/purpose"),
    "batches.*": ("/metadata/*", "/completion_window", "/endpoint", "/request_counts/*"),
    "conversations.*": ("/metadata/*",),
    "responses.*": ("/metadata/*",),
    "images.generate": ("/size",),
}
"""Places that repeat what the application sent, by operation."""
SENT = ("input_text", "input_image", "input_file")
"""Parts of items that the application wrote."""
LISTS: Mapping[str, str] = {
    "images.generate": "data",
    "moderations.create": "results",
    "conversations.items.": "data",
    "responses.input_items.": "data",
}
"""Beginnings of operations, and their lists with an entry for each thing that was asked for, or put there."""


def is_kept(change: Change, operation: str, parent: Mapping[str, Any]) -> bool:
    """Say whether the request says what stands at a place; *parent* is the object in which it stands."""
    if operation.startswith(("conversations.items.", "responses.input_items.")) and parent.get("type") in SENT:
        return change.steps[-1] == "text"
    return any(any_matches(paths, change.field) for name, paths in KEPT.items() if _is(operation, name))


def entries(was: Mapping[str, Any], now: Mapping[str, Any], operation: str) -> Differences:
    """Compare how many things an answer is about."""
    for key in (key for name, key in LISTS.items() if operation.startswith(name)):
        before, after = _count(was.get(key)), _count(now.get(key))
        if before != after:
            yield told("structure.entries", f"/{key}", before, after)


def _count(listed: Any) -> int:
    """Count the entries that no model adds of its own accord: of items, the messages."""
    return (
        sum(isinstance(each, dict) and each.get("type", "message") == "message" for each in listed)
        if isinstance(listed, list)
        else 0
    )


def _is(operation: str, pattern: str) -> bool:
    return operation == pattern or (pattern.endswith("*") and operation.startswith(pattern[:-1]))


def flags(was: Mapping[str, Any], now: Mapping[str, Any]) -> Differences:
    """Compare whether `flagged` agrees with the categories."""
    if not _agrees(was) or _agrees(now):
        return
    yield told("value.flagged", "/results", "flagged where a category is", "otherwise")


def _agrees(body: Mapping[str, Any]) -> bool:
    results = body.get("results")
    listed = [each for each in results if isinstance(each, dict)] if isinstance(results, list) else []
    return all(_is_flagged(each.get("categories")) == each.get("flagged") for each in listed)


def _is_flagged(categories: Any) -> bool:
    return isinstance(categories, dict) and any(each is True for each in categories.values())


def spoilt(change: Change) -> str:
    """Return the rule by which a free value is none at all; empty for one that is."""
    was, now = change.was, change.now
    if matches("/**/b64_json", change.field) and _is_base64(was) and not _is_base64(now):
        return "value.base64"
    scores = matches("/results/*/category_scores/*", change.field)
    if scores and isinstance(was, int | float) and isinstance(now, int | float) and was <= 1 < now:
        return "value.score"
    return ""


def _is_base64(value: Any) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return False
    return True
