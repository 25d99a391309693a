"""The golden cassettes, by name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cozecheck import recordings
from cozecheck.contract.operations import Operation, operation
from cozecheck.exchange import Exchange, Response

FOLDER = Path(__file__).parents[1] / "cassettes"
FILES = tuple(sorted(FOLDER.rglob("*.yaml")))


@dataclass(frozen=True, slots=True)
class Golden:
    """One file: its name without the ending, the exchange, and what the file says of it."""

    name: str
    exchange: Exchange
    provenance: str
    notes: Mapping[str, Any]

    @property
    def response(self) -> Response:
        """What came back: golden exchanges are whole."""
        assert self.exchange.response is not None
        return self.exchange.response

    @property
    def operation(self) -> Operation | None:
        """Which operation was asked for."""
        return operation(self.exchange.request)

    @property
    def is_replayable(self) -> bool:
        """Whether another server can be asked the same."""
        return bool(self.notes.get("replayable", True))


@cache
def every() -> tuple[Golden, ...]:
    """Read the whole set, in the order of its names."""
    return tuple(read(path) for path in FILES)


def named(name: str) -> Golden:
    """Return one of the set."""
    return next(each for each in every() if each.name == name)


def whole(path: Path) -> Any:
    """Read a file as it is."""
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def read(path: Path) -> Golden:
    """Read the one interaction of a file."""
    (recording,) = recordings.read(path)
    name = str(path.relative_to(FOLDER).with_suffix(""))
    return Golden(name, replace(recording.exchange, id=name), recording.provenance, recording.notes)
