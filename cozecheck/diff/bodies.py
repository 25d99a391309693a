"""Bodies compared: each place where they differ, told by its rule."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cozecheck.diff import counts, kept, structure, texts, tools
from cozecheck.diff.answers import Answer
from cozecheck.diff.paths import any_matches
from cozecheck.diff.policy import Policy
from cozecheck.diff.promised import free
from cozecheck.diff.references import Reference
from cozecheck.diff.telling import Differences, told
from cozecheck.diff.tree import Change, Kind, changes
from cozecheck.exchange import ABSENT

ARGUMENTS = (
    "/choices/*/message/tool_calls/*/function/arguments",
    "/choices/*/message/function_call/arguments",
    "/output/*/arguments",
)
OTHERWISE = frozenset(("content", "refusal", "tool_calls", "function_call", "audio"))
"""Keys of a message that say something in another way."""
NAMED = ("/choices/*/message/tool_calls/*", "/output/*")
COUNTS = re.compile(r"(?:/response)?/usage/(\w+_tokens)")


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

    @property
    def is_early(self) -> bool:
        """Whether the candidate is still at work on what the original had finished: its counts are not there yet."""
        was, now = self.original.value, self.candidate.value
        if not (isinstance(was, dict) and isinstance(now, dict)):
            return False
        return now.get("status") in structure.UNDER_WAY and was.get("status") not in structure.UNDER_WAY

    def differences(self) -> Differences:
        was, now = self.original.value, self.candidate.value
        if isinstance(was, dict) and isinstance(now, dict):
            yield from self._calls(was, now)
            yield from kept.flags(was, now)
            yield from kept.entries(was, now, self.original.operation)
            if not self.is_early:
                yield from self._usage(was, now)
        for change in changes(was, now):
            yield from self._change(change, change.at)

    def _calls(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> Differences:
        before, after = dict(_called(was)), dict(_called(now))
        for at in before.keys() & after.keys():
            yield from tools.names(before[at], after[at], at, self.offered)
            yield from tools.ruled_out(before[at], after[at], at, self.candidate.asked)
        if isinstance(was.get("output"), dict) and isinstance(now.get("output"), dict):
            yield from _visible(was["output"], now["output"])

    def _usage(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> Differences:
        before, after = was.get("usage"), now.get("usage")
        if isinstance(before, dict) and isinstance(after, dict):
            yield from counts.arithmetic(before, after)
            yield from counts.excess(was, now, counts.limit(self.candidate.asked))
        elif isinstance(before, dict):
            yield told("usage.missing", "/usage", before, now.get("usage", ABSENT))

    def _change(self, change: Change, at: str) -> Differences:
        if at == "/usage" and isinstance(change.was, dict):
            return  # told as a whole
        if at.startswith("/usage/") and self.is_early:
            return
        if free(change.field, change.kind) and not structure.is_retyped_time(change):
            spoilt = "value.time" if structure.is_no_time(change) else kept.spoilt(change)
            yield told(spoilt or "value.free", at, change.was, change.now)
        elif kept.is_kept(change, self.original.operation, self._parent(change)) and not self.is_early:
            yield told("value.kept", at, change.was, change.now)
        elif change.now is None and self.is_early:
            yield told("structure.nothing", at, change.was, change.now)
        elif self._is_silent(change):
            says_more = any(self._parent(change).get(key) for key in OTHERWISE - {change.steps[-1]})
            yield told("text.null" if says_more else "text.lost", at, change.was, change.now)
        elif any_matches(NAMED, change.field) and change.kind in (Kind.MISSING, Kind.ADDED):
            yield from self._item(change, at)
        elif change.kind is Kind.MISSING:
            yield from structure.missing(change, at, self.original.operation)
        elif change.kind is Kind.ADDED:
            yield from structure.added(change, at)
        elif change.kind is Kind.TYPE:
            yield from structure.retyped(change, at, self.original.operation)
        else:
            yield from self._value(change, at)

    def _item(self, change: Change, at: str) -> Differences:
        """Tell of an item, or a call, that only one side has: of calls their names say it."""
        called = _name(change.now)
        if called:
            inner = change.now.get("function", change.now)
            yield from tools.arguments_alone(inner.get("arguments", ABSENT), at, self.offered.get(called, {}))
            yield from self._form(change)
        elif change.kind is Kind.ADDED and not isinstance(change.now, dict):
            yield told("structure.type", at, "an object", change.now)
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
            yield from structure.reference(was, now, at)
        elif any_matches(ARGUMENTS, change.field) and isinstance(was, str):
            yield from tools.arguments(was, now, at, self.offered.get(self._tool(change), {}))
        elif any_matches(structure.TEXTS, change.field) and isinstance(was, str):
            yield from texts.compare(was, now, at, self.candidate.asked, self.policy)
        elif (count := COUNTS.fullmatch(at)) and isinstance(was, int):
            yield from counts.compare(count[1], was, now, at, self.policy, renamed=self.renamed)
        elif at == "/model":
            yield from self._model(was, now)
        elif self._is_used_up(change):
            yield told("finish.reason", at, was, now)
        else:
            yield from structure.changed(change, self.original)

    def _is_used_up(self, change: Change) -> bool:
        """Say whether an answer made all the tokens that it might, and does not say that this is why it ended."""
        most = counts.limit(self.candidate.asked)
        said = (change.field, change.was, change.now) == ("/choices/*/finish_reason", "length", "stop")
        return said and most is not None and counts.made(self.candidate.value) >= most

    @staticmethod
    def _is_silent(change: Change) -> bool:
        """Say whether nothing stands where the original's words stand."""
        was, now = change.was, change.now
        says = isinstance(was, str) and bool(was.strip()) and any_matches(structure.TEXTS, change.field)
        return says and (now is None or (isinstance(now, str) and not now.strip()))

    def _tool(self, change: Change) -> str:
        """Return the name of the tool to which arguments belong."""
        return _name(self._parent(change))

    def _parent(self, change: Change) -> dict[str, Any]:
        """Return the candidate's object in which a key stands."""
        place = self.candidate.value
        for step in change.steps[:-1]:
            place = place[step]
        return place if isinstance(place, dict) else {}

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
