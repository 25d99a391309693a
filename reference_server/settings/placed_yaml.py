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


class NotYamlError(ValueError):
    """Text that is no YAML, or names a key twice; `line` counts from 1."""

    def __init__(self, problem: str, line: int) -> None:
        """Say what is wrong."""
        super().__init__(problem)
        self.line = line


def read(text: str) -> Placed:
    """Read YAML; NotYamlError for what is none."""
    try:
        node = yaml.compose(text, yaml.SafeLoader)
        lines = dict(places(node, (), ())) if node else {}
        return Placed(yaml.safe_load(text), lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NotYamlError(f"is no YAML: {error.problem}", line) from error
    except yaml.YAMLError as error:
        raise NotYamlError(f"is no YAML: {' '.join(str(error).split())}", 1) from error


def places(node: yaml.Node, place: Place, around: tuple[yaml.Node, ...]) -> Iterator[tuple[Place, int]]:
    """Yield every place below a node, with its line; a node that holds itself is not followed."""
    if node in around:
        return
    if isinstance(node, yaml.MappingNode):
        seen: set[Hashable] = set()
        for key, value in node.value:
            if key.value in seen:
                raise NotYamlError(f"the key '{key.value}' is given twice", key.start_mark.line + 1)
            seen.add(key.value if isinstance(key.value, str) else id(key))
            yield (*place, str(key.value)), key.start_mark.line + 1
            yield from places(value, (*place, str(key.value)), (*around, node))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*place, number), value.start_mark.line + 1
            yield from places(value, (*place, number), (*around, node))
