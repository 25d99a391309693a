"""Two JSON values to the places where they differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from deepdiff import DeepDiff

from cozecheck.diff.paths import Steps, pointer
from cozecheck.exchange import ABSENT

DEEPEST = 64
"""Levels that are followed; what lies deeper is compared whole."""


class Kind(StrEnum):
    """How two values differ at a place."""

    MISSING = "missing"
    ADDED = "added"
    TYPE = "type"
    VALUE = "value"


@dataclass(frozen=True)
class Change:
    """What stood at a place in the original, and what stands there in the candidate; ABSENT for nothing."""

    steps: Steps
    kind: Kind
    was: Any
    now: Any

    @cached_property
    def at(self) -> str:
        """The JSON Pointer of the place."""
        return pointer(self.steps)

    @cached_property
    def field(self) -> str:
        """The same with places in lists left open: what patterns are held against."""
        return pointer("*" if isinstance(step, int) else step for step in self.steps)


_KINDS = {
    "dictionary_item_removed": Kind.MISSING,
    "iterable_item_removed": Kind.MISSING,
    "dictionary_item_added": Kind.ADDED,
    "iterable_item_added": Kind.ADDED,
    "type_changes": Kind.TYPE,
    "values_changed": Kind.VALUE,
}


def changes(original: Any, candidate: Any) -> Iterator[Change]:
    """Yield every place where two values differ; 1 is neither 1.0 nor true."""
    leaves: list[Change] = []
    pruned = _prune(original, candidate, (), leaves)
    yield from leaves
    if pruned:
        yield from _structure(*pruned)


def _structure(original: Any, candidate: Any) -> Iterator[Change]:
    # Threshold: by default, two objects with little in common are one change, and hide what is in them.
    # Private variables: by default, keys that begin with `__` are passed over, names of tools among them.
    found = DeepDiff(
        original,
        candidate,
        threshold_to_diff_deeper=0,
        zip_ordered_iterables=True,
        ignore_private_variables=False,
        view="tree",
    )
    for name, kind in _KINDS.items():
        for each in found.get(name, ()):
            was = ABSENT if kind is Kind.ADDED else each.t1
            now = ABSENT if kind is Kind.MISSING else each.t2
            yield Change(tuple(each.path(output_format="list")), kind, was, now)


def _prune(one: Any, other: Any, steps: Steps, leaves: list[Change]) -> tuple[Any, Any] | None:
    """Cut what is equal, and tell leaves of one type: deepdiff takes seconds for long texts, and for long lists."""
    if type(one) is not type(other):
        return one, other
    if isinstance(one, dict) and len(steps) < DEEPEST:
        return _prune_object(one, other, steps, leaves)
    if isinstance(one, list) and len(steps) < DEEPEST:
        return _prune_list(one, other, steps, leaves)
    if one != other:
        leaves.append(Change(steps, Kind.VALUE, one, other))
    return None


def _prune_object(
    one: dict[str, Any], other: dict[str, Any], steps: Steps, leaves: list[Change]
) -> tuple[Any, Any] | None:
    differing: dict[str, tuple[Any, Any]] = {}
    for key in one.keys() & other.keys() if one.keys() != other.keys() else one:
        pair = _prune(one[key], other[key], (*steps, key), leaves)
        if pair:
            differing[key] = pair
    before = {key: value for key, value in one.items() if key not in other}
    after = {key: value for key, value in other.items() if key not in one}
    if not (differing or before or after):
        return None
    return (
        before | {key: pair[0] for key, pair in differing.items()},
        after | {key: pair[1] for key, pair in differing.items()},
    )


def _prune_list(one: list[Any], other: list[Any], steps: Steps, leaves: list[Change]) -> tuple[Any, Any] | None:
    both = [_prune(*pair, (*steps, place), leaves) for place, pair in enumerate(zip(one, other, strict=False))]
    if len(one) == len(other) and not any(both):
        return None
    common = len(both)
    left = [pair[0] if pair else None for pair in both] + one[common:]
    return left, [pair[1] if pair else None for pair in both] + other[common:]
