"""Values of the types that the installed SDK gives to parameters."""

import types
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.strategies.values import decimals, flags, keys, short_texts, small_json

WRAPPERS = (Required, NotRequired, Annotated)
PLAIN: Mapping[Any, SearchStrategy[Any]] = {
    str: short_texts,
    bool: flags,
    int: st.integers(1, 64),
    float: st.sampled_from(decimals(0, 1)),
    object: small_json,
    type(None): st.none(),
}
Groups = dict[str, SearchStrategy[dict[str, Any]]]
DEEPEST = 3
"""Levels of objects with optional keys in them."""


@cache
def parameters(kind: type) -> Mapping[str, Any]:
    """Return the keys of a TypedDict with their types."""
    return get_type_hints(kind, include_extras=True)


def drawn(hint: Any, depth: int = 0) -> SearchStrategy[Any]:
    """Draw what a type allows; what no JSON can hold is never drawn."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in WRAPPERS:
        return drawn(inside[0], depth)
    if hint in PLAIN:
        return PLAIN[hint]
    if origin is Literal:
        return st.sampled_from(inside)
    if origin in (Union, types.UnionType):
        return st.one_of([drawn(each, depth) for each in inside])
    if hasattr(hint, "__total__"):
        return _record(hint, depth)
    if origin in (dict, Mapping):
        return st.dictionaries(keys, drawn(inside[1], depth + 1), max_size=3)
    if origin in (list, Iterable, Sequence) or _is_sequence(hint):
        return st.lists(drawn(inside[0], depth + 1), max_size=3)
    return st.nothing()


def _is_sequence(hint: Any) -> bool:
    return getattr(get_origin(hint), "__name__", "") == "SequenceNotStr"


def _is_required(hint: Any, kind: Any) -> bool:
    """Read it off the hints: a TypedDict whose annotations are strings does not know it."""
    return get_origin(hint) is Required or (kind.__total__ and get_origin(hint) is not NotRequired)


def _record(kind: Any, depth: int) -> SearchStrategy[Any]:
    """Draw an object: its optional keys only where it does not lie too deep."""
    hints = parameters(kind)
    required = {name for name, hint in hints.items() if _is_required(hint, kind)}
    needed = {name: drawn(hints[name], depth + 1) for name in hints if name in required}
    if depth >= DEEPEST:
        return st.fixed_dictionaries(needed)
    free = {name: drawn(hints[name], depth + 1) for name in hints if name not in required}
    return st.fixed_dictionaries(needed, optional=free)


def groups(kind: type, overlay: Mapping[str, SearchStrategy[Any]], without: Iterable[str]) -> Groups:
    """Return each parameter of a TypedDict alone: from the *overlay*, or by its type; some go *without*."""
    names = [name for name in parameters(kind) if name not in without]
    values = {name: overlay[name] if name in overlay else drawn(parameters(kind)[name]) for name in names}
    return {name: _alone(name, each) for name, each in values.items() if not each.is_empty}


def _alone(name: str, value: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return value.map(lambda each: {name: each})
