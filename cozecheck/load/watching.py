"""What the generator writes while it runs: a line a second, followed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cozecheck.errors import NoVerdictError
from cozecheck.exchange import parse_json

SILENCE: Final = 5
"""Seconds without any answer, some requests failing in each, after which the target may be gone."""


@dataclass
class Tail:
    """Reads the whole lines that have come since the last look; NoVerdictError for one that is no object."""

    path: Path
    _offset: int = field(default=0, init=False)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield each new line as an object; a file that is not there yet has none."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            second = parse_json(line).value
            if not isinstance(second, dict):
                raise NoVerdictError(f"the generator's {self.path.name} cannot be read: {line[:60]!r}")
            yield second


def is_silent(seconds: Sequence[dict[str, Any]]) -> bool:
    """Whether a target that once answered has answered nothing for so long, though it was asked."""
    last = seconds[-SILENCE:]
    before = seconds[:-SILENCE]
    return any(_answered(each) for each in before) and all(each["failed"] and not _answered(each) for each in last)


def _answered(second: dict[str, Any]) -> bool:
    return bool(second["finished"] > second["failed"])
