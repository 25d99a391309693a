"""JSON values, spoilt in one place."""

import copy
from typing import Any


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path in a JSON value, its root excepted."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in [(*path, key), *places(inner, (*path, key))]]


def spoil(value: Any, path: tuple[Any, ...], new: Any, *, drop: bool) -> Any:
    """Put *new* at *path*, or drop what is there."""
    changed = place = copy.deepcopy(value)
    for key in path[:-1]:
        place = place[key]
    if drop:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return changed
