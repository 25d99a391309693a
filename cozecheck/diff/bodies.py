"""Bodies compared: each place where they differ, told by its rule."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cozecheck.diff import counts, texts, tools
from cozecheck.diff.answers import Answer
from cozecheck.diff.paths import any_matches, matches
from cozecheck.diff.policy import Policy
from cozecheck.diff.promised import INDICES, NEVER_NULL, ROUTED, TAGS, UNASKED, free, is_promised
from cozecheck.diff.references import Reference
from cozecheck.diff.telling import Differences, told
from cozecheck.diff.tree import Change, Kind, changes
from cozecheck.exchange import ABSENT
from cozecheck.views.completions import CREATE as PROMPTS

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
    "/error/message",
)
ARGUMENTS = (
    "/choices/*/message/tool_calls/*/function/arguments",
    "/choices/*/message/function_call/arguments",
    "/output/*/arguments",
)
NAMED = ("/choices/*/message/tool_calls/*", "/output/*")
COUNTS = re.compile(r"(?:/.*)?/usage/(\w+_tokens)")
ENDS = frozenset(("completed", "incomplete", "failed", "cancelled"))


def compare(original: Answer, candidate: Answer, policy: Policy) -> Differences:
    """Compare two bodies of JSON, or what two streams spell out."""
    return _Comparison(original, candidate, policy).differences()


class _Comparison:
    def __init__(self, original: Answer, candidate: Answer, policy: Policy) -> None:
        self.original, self.candidate, self.policy = original, candidate, policy
        self.offered = tools.offered(candidate.asked)

    @property
    def renamed(self) -> bool:
        """Whether the candidate was asked for a model of another name."""
        return bool(self.original.asked.get("model") != self.candidate.asked.get("model"))

    def differences(self) -> Differences:
        was, now = self.original.value, self.candidate.value
        if isinstance(was, dict) and isinstance(now, dict):
            yield from self._calls(was, now)
            yield from self._usage(was, now)
        for change in changes(was, now):
            yield from self._change(change, change.at)

    def _calls(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> Differences:
        before, after = dict(_called(was)), dict(_called(now))
        for at in before.keys() & after.keys():
            yield from tools.names(before[at], after[at], at, self.offered)
        if isinstance(was.get("output"), dict) and isinstance(now.get("output"), dict):
            yield from _visible(was["output"], now["output"])

    def _usage(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> Differences:
        before, after = was.get("usage"), now.get("usage")
        if isinstance(before, dict) and isinstance(after, dict):
            yield from counts.arithmetic(before, after)
        elif isinstance(before, dict):
            yield told("usage.missing", "/usage", before, now.get("usage", ABSENT))

    def _change(self, change: Change, at: str) -> Differences:
        if at == "/usage" and isinstance(change.was, dict):
            return  # told as a whole
        if free(change.field, change.kind):
            yield told("value.free", at, change.was, change.now)
        elif any_matches(NAMED, change.field) and change.kind in (Kind.MISSING, Kind.ADDED):
            yield from self._item(change, at)
        elif change.kind is Kind.MISSING:
            yield from _missing(change, at, self.original.operation)
        elif change.kind is Kind.ADDED:
            yield from _added(change, at)
        elif change.kind is Kind.TYPE:
            yield from _type(change, at, self.original.operation)
        else:
            yield from self._value(change, at)

    def _item(self, change: Change, at: str) -> Differences:
        """Tell of an item, or a call, that only one side has: of calls their names say it."""
        called = _name(change.now)
        if called:
            inner = change.now.get("function", change.now)
            yield from tools.arguments_alone(inner.get("arguments", ABSENT), at, self.offered.get(called, {}))
            yield from self._form(change)
        elif not _name(change.was):
            yield told("output.items", at, change.was, change.now)

    def _form(self, change: Change) -> Differences:
        """Compare the form of a call that only the candidate makes with that of the original's first."""
        calls: Any = self.original.value
        for step in change.steps[:-1]:
            calls = calls.get(step, {}) if isinstance(calls, dict) else calls[step]
        model = next((each for each in calls.values() if _name(each)), None) if isinstance(calls, dict) else None
        for inner in changes(model, change.now) if model else ():
            if inner.kind in (Kind.MISSING, Kind.TYPE) or isinstance(inner.was, Reference):
                within = replace(inner, steps=(*change.steps, *inner.steps))
                yield from self._change(within, within.at)

    def _value(self, change: Change, at: str) -> Differences:
        was, now = change.was, change.now
        if isinstance(was, Reference):
            yield from _reference(was, now, at)
        elif any_matches(ARGUMENTS, change.field) and isinstance(was, str):
            yield from tools.arguments(was, now, at, self.offered.get(self._tool(change), {}))
        elif any_matches(TEXTS, change.field) and isinstance(was, str):
            yield from texts.compare(was, now, at, self.candidate.asked, self.policy)
        elif (count := COUNTS.fullmatch(at)) and isinstance(was, int):
            yield from counts.compare(count[1], was, now, at, self.policy, renamed=self.renamed)
        elif at == "/model":
            yield from self._model(was, now)
        else:
            yield told(_rule_of_value(change, at, self.original.operation), at, was, now)

    def _tool(self, change: Change) -> str:
        """Return the name of the tool to which arguments belong."""
        place = self.candidate.value
        for step in change.steps[:-1]:
            place = place[step]
        return _name(place) if isinstance(place, dict) else ""

    def _model(self, was: str, now: str) -> Differences:
        asked = self.candidate.asked.get("model")
        is_asked = isinstance(asked, str) and (now == asked or now.startswith(f"{asked}-"))
        yield told("model.snapshot" if is_asked else "model.name", "/model", asked or was, now)


def _name(call: Any) -> str:
    """Return the name of the tool that a call, of any kind, calls; empty for what is no call."""
    if not isinstance(call, dict):
        return ""
    inner = call.get("function", call.get("custom", call))
    name = inner.get("name") if isinstance(inner, dict) else None
    return name if isinstance(name, str) and call.get("type") not in ("mcp_call", "mcp_approval_request") else ""


def _called(value: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield where tools are called, and by what names."""
    output = value.get("output")
    if isinstance(output, dict):
        yield "/output", [_name(item) for item in output.values() if _name(item)]
    choices = value.get("choices")
    for place, choice in enumerate(choices if isinstance(choices, list) else ()):
        message = choice.get("message") if isinstance(choice, dict) else None
        if isinstance(message, dict):
            calls, single = message.get("tool_calls"), message.get("function_call")
            listed = [*calls.values()] if isinstance(calls, dict) else []
            yield f"/choices/{place}/message", [_name(call) for call in (*listed, single) if _name(call)]


def _visible(was: Mapping[str, Any], now: Mapping[str, Any]) -> Differences:
    before, after = (any(name.startswith("message ") for name in output) for output in (was, now))
    if before and not after and not any(_name(item) for item in now.values()):
        yield told("text.lost", "/output", sorted(was), sorted(now))


def _missing(change: Change, at: str, operation: str) -> Differences:
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


def _added(change: Change, at: str) -> Differences:
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


def _type(change: Change, at: str, operation: str) -> Differences:
    was, now = change.was, change.now
    if matches("/choices/*/finish_reason", change.field):
        yield told("finish.reason", at, was, now)
    elif matches("/error/*", change.field):
        yield from _of_error(was, now, at)
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
    elif key == "message":
        yield told("error.message" if isinstance(now, str) else "error.envelope", at, was, now)
    else:
        yield told("value.changed", at, was, now)


def _reference(was: Reference, now: Reference, at: str) -> Differences:
    if was.to != now.to:
        yield told("id.reference", at, was.to, now.to)
    if was.prefix != now.prefix:
        yield told("id.shape" if was.prefix in ROUTED else "id.prefix", at, was.prefix, now.prefix)


def _rule_of_value(change: Change, at: str, operation: str) -> str:
    was, now = change.was, change.now
    if matches("/choices/*/finish_reason", change.field):
        return "finish.cut" if operation == PROMPTS and {was, now} == {"stop", "length"} else "finish.reason"
    if matches("/error/*", change.field):
        return next((each.rule.removeprefix("diff.") for each in _of_error(was, now, at)), "value.changed")
    if at in ("/status", "/incomplete_details/reason") or matches("/output/*/status", change.field):
        return "finish.status" if {was, now} <= ENDS or at != "/status" else "finish.progress"
    if any_matches(INDICES, change.field):
        return "structure.index"
    return "value.tag" if any_matches(TAGS, change.field) else "value.changed"
