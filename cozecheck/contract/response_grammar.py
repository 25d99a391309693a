"""The order in which the events of a response come: a table, and a machine that reads it."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Scope = Literal["response", "item", "part", "summary", "payload"]
Key = tuple[Hashable, ...]
Event = Mapping[str, Any]

NEW = "not begun"
BEGUN = "begun"
FLOWING = "flowing"
SAID = "said"
DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """What an event is about, the states in which it may come, and the state that it leads to."""

    scope: Scope
    before: frozenset[str]
    after: str


def _step(scope: Scope, before: tuple[str, ...], after: str) -> Step:
    return Step(scope, frozenset(before), after)


def _flow(scope: Scope, name: str, *first: str) -> dict[str, Step]:
    """Return the steps of something that comes as deltas and is then said whole."""
    return {
        f"response.{name}.delta": _step(scope, (*first, FLOWING), FLOWING),
        f"response.{name}.done": _step(scope, (*first, FLOWING), SAID),
    }


STEPS: Mapping[str, Step] = {
    "response.created": _step("response", (NEW,), BEGUN),
    "response.queued": _step("response", (BEGUN,), BEGUN),
    "response.in_progress": _step("response", (BEGUN,), BEGUN),
    "response.completed": _step("response", (BEGUN,), DONE),
    "response.incomplete": _step("response", (BEGUN,), DONE),
    "response.failed": _step("response", (BEGUN,), DONE),
    "response.output_item.added": _step("item", (NEW,), BEGUN),
    "response.output_item.done": _step("item", (BEGUN,), DONE),
    "response.content_part.added": _step("part", (NEW,), BEGUN),
    "response.content_part.done": _step("part", (SAID,), DONE),
    "response.reasoning_summary_part.added": _step("summary", (NEW,), BEGUN),
    "response.reasoning_summary_part.done": _step("summary", (SAID,), DONE),
    **_flow("part", "output_text", BEGUN),
    **_flow("part", "refusal", BEGUN),
    **_flow("part", "reasoning_text", BEGUN),
    **_flow("summary", "reasoning_summary_text", BEGUN),
    **_flow("payload", "function_call_arguments", NEW),
    **_flow("payload", "custom_tool_call_input", NEW),
    **_flow("payload", "mcp_call_arguments", NEW),
    **_flow("payload", "code_interpreter_call_code", NEW),
}
"""Every event whose place in the order is fixed. Others may come at any time."""

OUTERMOST = ("response.created", "response.completed", "response.incomplete", "response.failed")
TERMINAL = frozenset(OUTERMOST[1:])
ABRUPT = frozenset(OUTERMOST[2:])
"""Ends that may come in the middle of an item."""
INDEX: Mapping[Scope, str] = {"part": "content_index", "summary": "summary_index"}
ENDED: Mapping[Scope, frozenset[str]] = {
    "item": frozenset((DONE,)),
    "part": frozenset((DONE,)),
    "summary": frozenset((DONE,)),
    "payload": frozenset((SAID,)),
}


@dataclass(slots=True)
class Machine:
    """Takes events one by one; says of each that comes out of order why it does."""

    states: dict[Key, str] = field(default_factory=dict)

    def take(self, event: Event) -> str:
        """Return what is out of order, empty where nothing is; go on either way."""
        step = STEPS.get(event["type"])
        if step is None:
            return ""
        key = _key(step.scope, event)
        state = self.states.get(key, NEW)
        self.states[key] = step.after
        return self._misplaced(step, key, event) or _unexpected(step, state, event) or self._unended(key, event)

    def _misplaced(self, step: Step, key: Key, event: Event) -> str:
        """Say whether what this event is part of has not begun, or is over."""
        for outer in _outer(step.scope, key):
            if self.states.get(outer, NEW) != BEGUN:
                return f"{event['type']} while {_named(outer)} is {self.states.get(outer, NEW)}"
        return ""

    def _unended(self, key: Key, event: Event) -> str:
        """Say what is still open inside of what this event ends; a failure or a cut may leave things open."""
        if STEPS[event["type"]].after != DONE or event["type"] in ABRUPT:
            return ""
        for inner, state in self.states.items():
            if inner != key and key in _outer(inner[0], inner) and state not in ENDED[inner[0]]:  # type: ignore[index]
                return f"{event['type']} while {_named(inner)} is {state}"
        return ""


def _unexpected(step: Step, state: str, event: Event) -> str:
    if state in step.before:
        return ""
    return f"{event['type']} while {_named(_key(step.scope, event))} is {state}"


def _key(scope: Scope, event: Event) -> Key:
    """Return what an event is about: its scope, and its place in the output."""
    if scope == "response":
        return (scope,)
    inner = (repr(event.get(INDEX[scope])),) if scope in INDEX else ()
    return (scope, repr(event.get("output_index")), *inner)


def _outer(scope: Hashable, key: Key) -> tuple[Key, ...]:
    """Return what something is part of, from the outside in."""
    response: Key = ("response",)
    if scope == "response":
        return ()
    return (response,) if scope == "item" else (response, ("item", key[1]))


def _named(key: Key) -> str:
    return " ".join(map(str, key))


def disorder(events: Iterable[Event]) -> Iterator[tuple[int, str]]:
    """Yield the position (from 0) of every event that comes out of order, and why it does."""
    machine = Machine()
    for position, event in enumerate(events):
        reason = machine.take(event)
        if reason:
            yield position, reason
