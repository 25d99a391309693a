"""The shapes of events: which keys, of which types."""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.diff.paths import pointer

Shape = Mapping[str, frozenset[str]]
"""JSON Pointers, places in lists left open, to the types that stand there; `absent` where some events lack it."""
_TYPES = {
    dict: "object",
    list: "list",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def signature(value: Any) -> Any:
    """Return the form of a value without its leaves, to be counted: most events have one of few."""
    kind = type(value)
    if kind is dict:
        return tuple(
            [
                (key, signature(part) if type(part) in (dict, list) and key != "logprobs" else type(part))
                for key, part in value.items()
            ]
        )
    if kind is list:
        return frozenset(map(signature, value))
    return kind


def shape_of(signatures: set[Any]) -> Shape:
    """Put the signatures of one kind of event together."""
    found: dict[str, set[str]] = {}
    each_has: list[set[str]] = []
    for signature in signatures:
        places = dict(_places(signature, ()))
        each_has.append(set(places))
        for at, types in places.items():
            found.setdefault(at, set()).update(types)
    absent = {at for has in each_has for at in found.keys() - has}
    return {at: frozenset(types | ({"absent"} if at in absent else set())) for at, types in found.items()}


def _places(signature: Any, steps: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
    """Yield each place of a signature with its types; of the entries of a list all share one place."""
    if isinstance(signature, type):
        yield pointer(steps), {_TYPES.get(signature, signature.__name__)}
        return
    yield pointer(steps), {"object" if isinstance(signature, tuple) else "list"}
    if isinstance(signature, tuple):
        for key, part in signature:
            yield from _places(part, (*steps, key))
        return
    entries: dict[str, set[str]] = {}
    for part in signature:
        for at, types in _places(part, (*steps, "*")):
            entries.setdefault(at, set()).update(types)
    yield from entries.items()
