"""Breaks that the SDK's types themselves tell: other types, and no such choice."""

import types
from collections.abc import Iterable, Iterator
from typing import Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from cozecheck.strategies.breaking import NO_CHOICE, Break
from cozecheck.strategies.sdk_types import WRAPPERS, parameters

Kinds = frozenset[str]
OF_KIND: dict[str, tuple[Any, ...]] = {
    "text": ("text", "🦀"),
    "number": (7, -1.5),
    "flag": (True,),
    "array": ([], ["text"], [7], [[]]),
    "object": ({}, {"text": "text"}),
}
"""Values of each kind of JSON but null, which passes for absent."""
BY_TYPE = {str: "text", int: "number", float: "number", bool: "flag"}
ALIKE = {"number": frozenset(("number", "flag")), "flag": frozenset(("number", "flag"))}
"""Kinds that readers turn into one another."""


def type_breaks(kind: type, without: Iterable[str]) -> tuple[Break, ...]:
    """Return the breaks of each parameter of a TypedDict by its type; some go *without*."""
    hints = parameters(kind)
    return tuple(each for name in hints if name not in without for each in _breaks(name, hints[name]))


def _breaks(name: str, hint: Any) -> Iterator[Break]:
    allowed = kinds(hint)
    taken = frozenset[str]().union(*(ALIKE.get(each, frozenset((each,))) for each in allowed))
    wrong = tuple(value for each, values in OF_KIND.items() if each not in taken for value in values)
    if wrong:
        yield Break("odd-type", name, st.sampled_from(wrong))
    if "text" in allowed and not _takes_any_text(hint):
        yield Break("unknown-choice", name, NO_CHOICE)


def kinds(hint: Any) -> Kinds:
    """Return the kinds of JSON that a type allows; a choice of texts is of text."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in WRAPPERS:
        return kinds(inside[0])
    if origin in (Union, types.UnionType):
        return frozenset[str]().union(*(kinds(each) for each in inside))
    if origin is Literal:
        return frozenset(BY_TYPE[type(each)] for each in inside)
    if hint in BY_TYPE:
        return frozenset((BY_TYPE[hint],))
    if hint is object or hint is type(None):
        return frozenset(OF_KIND) if hint is object else frozenset()
    return frozenset(("object",) if hasattr(hint, "__total__") or origin is dict else ("array",))


def _takes_any_text(hint: Any) -> bool:
    inside = get_args(hint)
    return hint is str or (get_origin(hint) is not Literal and any(_takes_any_text(each) for each in inside))
