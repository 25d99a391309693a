"""YAML to values, and the line that each came from."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """What a file says, and the line of each place in it, counted from 1."""

    value: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class KeyTwiceError(ValueError):
    """A key that is given twice in one mapping: `line` is that of the second."""

    def __init__(self, key: str, line: int) -> None:
        """Name the key."""
        super().__init__(f"the key '{key}' is given twice")
        self.line = line


def read(text: str) -> Placed:
    """Read YAML; yaml.YAMLError for what is none, KeyTwiceError."""
    node = yaml.compose(text, yaml.SafeLoader)
    lines = dict(places(node, (), ())) if node else {}
    return Placed(yaml.safe_load(text), lines)


def places(node: yaml.Node, place: Place, around: tuple[yaml.Node, ...]) -> Iterator[tuple[Place, int]]:
    """Yield every place below a node, with its line; a node that holds itself is not followed."""
    if node in around:
        return
    if isinstance(node, yaml.MappingNode):
        seen: set[Hashable] = set()
        for key, value in node.value:
            if key.value in seen:
                raise KeyTwiceError(str(key.value), key.start_mark.line + 1)
            seen.add(key.value if isinstance(key.value, str) else id(key))
            yield (*place, str(key.value)), key.start_mark.line + 1
            yield from places(value, (*place, str(key.value)), (*around, node))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*place, number), value.start_mark.line + 1
            yield from places(value, (*place, number), (*around, node))
