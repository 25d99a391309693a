"""Places of bodies where they differ, told by what stands there."""

from typing import Any

from cozecheck.diff.answers import Answer
from cozecheck.diff.paths import any_matches, matches
from cozecheck.diff.promised import INDICES, NEVER_NULL, ROUTED, TAGS, UNASKED, is_promised
from cozecheck.diff.references import Reference
from cozecheck.diff.telling import Differences, told
from cozecheck.diff.tree import Change, Kind
from cozecheck.exchange import ABSENT
from cozecheck.views.completions import CREATE as PROMPTS
from cozecheck.views.responses import CREATE as RESPONSES

TEXTS = (
    "/choices/*/message/content",
    "/choices/*/message/refusal",
    "/choices/*/message/reasoning*",
    "/choices/*/text",
    "/output/*/content/*/text",
    "/output/*/content/*/refusal",
    "/output/custom_tool_call */input",
    "/choices/*/message/tool_calls/*/custom/input",
    "/output/code_interpreter_call */code",
    "/text",
)
"""Where a model's words stand."""
UNDER_WAY = ("queued", "validating", "in_progress", "finalizing", "cancelling")
"""What the status of a batch or a response says before it has ended."""
TIMES = ("/**/created", "/**/*_at")
AGE = range(10**9, 10**11)
"""Seconds since 1970 that an answer may speak of."""
ENDS = frozenset(("completed", "incomplete", "failed", "cancelled"))


def missing(change: Change, at: str, operation: str) -> Differences:
    """Tell of what only the original has."""
    if matches("/choices/*", change.field):
        yield told("structure.choices", at, change.was, ABSENT)
    elif matches("/**/error/*", change.field):
        yield told("error.envelope", at, change.was, ABSENT)
    elif isinstance(change.steps[-1], int):
        yield from _shorter(change, at)
    elif not matches("/choices/*/message/tool_calls", change.field):  # the names say so
        yield told(
            "structure.missing" if is_promised(change.field, operation) else "structure.left-out",
            at,
            change.was,
            ABSENT,
        )


def _shorter(change: Change, at: str) -> Differences:
    if not (at.startswith("/data/") and _is_vector(change.was)):  # of vectors the count is told
        yield told("structure.length", at, change.was, change.now)


def _is_vector(value: Any) -> bool:
    return isinstance(value, dict) and "embedding" in value


def added(change: Change, at: str) -> Differences:
    """Tell of what only the candidate has."""
    if matches("/choices/*", change.field):
        yield told("structure.choices", at, ABSENT, change.now)
    elif isinstance(change.steps[-1], int):
        yield told("structure.length", at, ABSENT, change.now)
    elif change.now is None and any_matches(NEVER_NULL, change.field):
        yield told("structure.null-for-absent", at, ABSENT, None)
    elif at == "/error" and change.now:
        yield told("status.outcome", at, ABSENT, change.now)
    else:
        yield told(
            "structure.unasked" if any_matches(UNASKED, change.field) else "structure.added", at, ABSENT, change.now
        )


def retyped(change: Change, at: str, operation: str) -> Differences:
    """Tell of a value of another type."""
    was, now = change.was, change.now
    if matches("/choices/*/finish_reason", change.field):
        yield told("finish.reason", at, was, now)
    elif matches("/error/*", change.field):
        yield from _of_error(was, now, at)
    elif at == "/error" and isinstance(was, dict) and now is not None:
        yield told("error.envelope", at, was, now)
    elif at == "/error" or at == "/incomplete_details":
        yield told("finish.status", at, was, now)
    elif any_matches(TEXTS, change.field) and {type(was), type(now)} == {str, type(None)}:
        yield told("text.null", at, was, now)
    elif type(was) is float and type(now) is int:
        yield told("structure.number", at, was, now)
    elif was is None and not any_matches(TEXTS, change.field):
        yield told("structure.value-for-null", at, was, now)
    elif now is None:
        yield told("structure.null" if is_promised(change.field, operation) else "structure.nothing", at, was, now)
    else:
        yield told("structure.type", at, was, now)


def _of_error(was: Any, now: Any, at: str) -> Differences:
    key = at.rpartition("/")[2]
    if key in ("type", "code", "param"):
        yield told(f"error.{key}", at, was, now)
    elif key == "message" and isinstance(now, str):
        yield told("error.message" if now.strip() else "error.empty", at, was, now)
    elif key == "message":
        yield told("error.envelope", at, was, now)
    else:
        yield told("value.changed", at, was, now)


def is_no_time(change: Change) -> bool:
    """Say whether what stands for a time in seconds cannot be one."""
    both = type(change.was) is type(change.now) is int
    return both and any_matches(TIMES, change.field) and change.was in AGE and change.now not in AGE


def is_retyped_time(change: Change) -> bool:
    """Say whether a time is neither a whole number nor null."""
    return change.kind is Kind.TYPE and any_matches(TIMES, change.field) and isinstance(change.now, float | str)


def reference(was: Reference, now: Reference, at: str) -> Differences:
    """Compare what two ids refer to, and how they begin."""
    if was.id and not now.id:
        yield told("id.empty", at, was.id, now.id)
        return
    if was.to != now.to:
        yield told("id.reference", at, was.to, now.to)
    if was.prefix != now.prefix:
        yield told("id.shape" if was.prefix in ROUTED else "id.prefix", at, was.prefix, now.prefix)


def changed(change: Change, original: Answer) -> Differences:
    """Tell of another value of the same type."""
    if matches("/error/*", change.field):
        yield from _of_error(change.was, change.now, change.at)
    else:
        yield told(_rule_of_value(change, original), change.at, change.was, change.now)


def _rule_of_value(change: Change, original: Answer) -> str:
    was, now, at = change.was, change.now, change.at
    if matches("/choices/*/finish_reason", change.field):
        return "finish.cut" if original.operation == PROMPTS and {was, now} == {"stop", "length"} else "finish.reason"
    if at == "/status" and was in ENDS and now in UNDER_WAY:
        # Who asks for a response, and not for a background one, is answered when it has ended.
        return (
            "finish.status"
            if original.operation == RESPONSES and not original.asked.get("background")
            else "finish.progress"
        )
    if at in ("/status", "/incomplete_details/reason") or matches("/output/*/status", change.field):
        return "finish.progress" if was in UNDER_WAY and at == "/status" else "finish.status"
    if any_matches(INDICES, change.field):
        return "structure.index"
    return "value.tag" if any_matches(TAGS, change.field) else "value.changed"
