"""Numbers that the workers of one server share, through files in memory."""

import json
from collections.abc import Iterable, Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import unpack_from
from tempfile import NamedTemporaryFile
from typing import NamedTuple

NAMES = 4 * 1024 * 1024
VALUES = 2 * 1024 * 1024
"""Bytes of a sheet; what is not used takes no memory and no disk. It is enough for 1,000 engines several times."""
NUMBER = 8
SUFFIX = ".sheet"


class Row(NamedTuple):
    """What one process counted under a name."""

    name: str
    labels: tuple[str, ...]
    values: list[float]


class Sheet:
    """The numbers of one process: first their names, as lines of JSON, then the numbers.

    Whoever counts adds to `cells`, which is several times cheaper than a counter object with its lock. In a folder,
    the other workers read it; a worker that dies leaves what it counted.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Without a folder nobody else reads it."""
        self._folder = folder
        self._memory = mmap(-1, NAMES + VALUES) if folder is None else mapped(folder)
        self.cells = memoryview(self._memory)[NAMES:].cast("d")
        self._named = 0
        self._taken = 0

    def take(self, name: str, labels: Iterable[str], width: int) -> int:
        """Return the place of the first of so many new cells; MemoryError where the sheet is full."""
        line = json.dumps([name, list(labels), width]).encode() + b"\n"
        if self._named + len(line) >= NAMES or (self._taken + width) * NUMBER > VALUES:
            raise MemoryError(f"no room for more metrics than {self._taken}")
        first = self._taken
        self._taken += width
        self._memory[self._named : self._named + len(line)] = line
        self._named += len(line)
        return first

    def rows(self) -> Iterator[Row]:
        """Yield what this process counted, and each of the others."""
        if self._folder is None:
            yield from rows_in(self._memory)
            return
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as memory:
                yield from rows_in(memory)


def mapped(folder: Path) -> mmap:
    """Return the memory of a new file; it is gone when its folder is."""
    with NamedTemporaryFile(suffix=SUFFIX, dir=folder, delete=False) as file:
        file.truncate(NAMES + VALUES)
        return mmap(file.fileno(), NAMES + VALUES)


def rows_in(memory: mmap) -> list[Row]:
    """Return what is counted on a sheet; a line that is being written at the moment is left out."""
    names = memory[: max(memory.find(b"\0"), 0)]
    found, first = [], NAMES
    for line in names[: names.rfind(b"\n") + 1].splitlines():
        name, labels, width = json.loads(line)
        values = list(unpack_from(f"={width}d", memory, first))
        found.append(Row(name, tuple(labels), values))
        first += width * NUMBER
    return found
