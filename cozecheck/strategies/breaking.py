"""Single fields of a request's body broken by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Json = dict[str, Any]
Step = str | int
NOWHERE = object()
"""What takes the place of a value that is to be left out."""
REMOVED = st.just(NOWHERE)
NULL = st.none()
DEEP_MARK = "a thousand arrays go here \u0000"
"""Stands for arrays in arrays until the body is written."""
DEEP = st.just(DEEP_MARK)
NOT_TEXT = st.sampled_from((7, True, [], {}, ["text"], {"text": "text"}))
NOT_NUMBER = st.sampled_from(("hot", "", [], {}, [1]))
NOT_FLAG = st.sampled_from(("maybe", 7, [], {}, "🦀"))
NOT_LIST = st.sampled_from(("text", 7, True, {}, {"role": "user"}))
NOT_OBJECT = st.sampled_from(("text", 7, True, [1]))
NO_CHOICE = st.sampled_from(("wizard", "", "WIZARD ", "🦀", "user\u0000"))


@dataclass(frozen=True, slots=True)
class Break:
    """One way to break one field.

    *inside* is the way into what is put at *param*: an *element* that is whole but for the break; where *joins*, it is
    added to the array that is there. *value* is what is put there, REMOVED takes it out. *beside* goes with it.
    """

    mutation: str
    param: str
    value: SearchStrategy[Any]
    inside: tuple[Step, ...] = ()
    element: Any = None
    joins: bool = False
    beside: Mapping[str, Any] = field(default_factory=dict)
    told_of: str | None = None
    """The parameter that is told instead of the place; empty where OpenAI itself names none."""


def broken(each: Break, body: Json, value: Any) -> tuple[Json, str]:
    """Return the body with one field broken, and the name of the field."""
    body = {name: there for name, there in {**body, **each.beside}.items() if there is not NOWHERE}
    path: tuple[Step, ...] = (each.param, *each.inside)
    if each.joins:
        others: Sequence[Any] = body.get(each.param) or ()
        path = (each.param, len(others), *each.inside)
        body[each.param] = [*others, each.element]
    elif each.inside:
        body[each.param] = each.element
    return _put(body, path, value), spelled(path) if each.told_of is None else each.told_of


def _put(whole: Any, path: Sequence[Step], value: Any) -> Any:
    """Return *whole* with *value* at *path*; NOWHERE takes out what is there."""
    step, rest = path[0], path[1:]
    if rest:
        value = _put(whole[step], rest, value)
    if isinstance(whole, list):
        return [value if index == step else each for index, each in enumerate(whole)]
    if value is NOWHERE:
        return {key: each for key, each in whole.items() if key != step}
    return {**whole, step: value}


def spelled(path: Sequence[Step]) -> str:
    """Spell a path as OpenAI does: `messages[0].content[1].type`."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")
