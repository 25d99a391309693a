"""What was done, on disk: a run that was killed goes on where it was."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

from cozecheck import values
from cozecheck.errors import CozecheckError, NoVerdictError, UsageError
from cozecheck.replay.ledger import Entry

VERSION = 1


@dataclass(frozen=True, slots=True)
class Heading:
    """What a run is about; only the same run can go on."""

    cassettes: str
    target: str
    options: str
    journal: int = VERSION


class Journal:
    """Lines of JSON, one for each recording that is done; each is on disk before the next is begun."""

    def __init__(self, path: Path, heading: Heading, *, resume: bool) -> None:
        """Raises UsageError where *resume* finds the journal of another run, or none; then read `done` first."""
        self._sets: dict[tuple[str, ...], int] = {}
        self._path = path
        self._resume = resume
        if resume and not path.is_file():
            raise UsageError(f"nothing to resume: there is no journal {path}")
        self._file = self._open("r+b" if resume else "wb")
        try:
            if resume:
                with self.blaming():
                    _require_same(json.loads(self._file.readline()), heading, path)
            else:
                self._write(asdict(heading))
        except CozecheckError:
            self.close()
            raise

    def done(self) -> Iterator[Entry]:
        """Yield what the run before did; nothing of a new run. Raises UsageError for what is no journal."""
        if not self._resume:
            return
        sets: dict[int, tuple[str, ...]] = {}
        whole = self._file.tell()
        with self.blaming():
            # A line that was being written when the run was killed has no end: it is written over.
            for line in iter(self._file.readline, b""):
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                value = json.loads(line)
                if "set" in value:
                    known = values.read(_Set, value)
                    sets[known.set] = known.held
                else:
                    yield _entry(value, sets)
        self._sets = {held: number for number, held in sets.items()}
        self._file.seek(whole)
        self._file.truncate()

    @contextmanager
    def blaming(self) -> Iterator[None]:
        """Make a UsageError of what the block comes upon in what was done."""
        try:
            yield
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UsageError(f"{self._path}: not a journal of cozecheck replay ({error})") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what is written is on disk already."""
        with suppress(OSError):
            self._file.close()

    def _open(self, mode: Literal["r+b", "wb"]) -> BinaryIO:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return self._path.open(mode)
        except OSError as error:
            raise UsageError(f"the journal {self._path} cannot be written: {error.strerror}") from None

    def add(self, entry: Entry) -> None:
        """Write an entry; a disk that is full ends the run."""
        line = {name: value for name, value in _plain(entry).items() if value}
        if entry.held:
            line["held"] = self._set(entry.held)
        self._write({"done": entry.position, **line})

    def _set(self, held: tuple[str, ...]) -> int:
        """Return the number of a set of checks: there are few, however many answers."""
        if held not in self._sets:
            self._sets[held] = len(self._sets) + 1
            self._write({"set": self._sets[held], "held": held})
        return self._sets[held]

    def _write(self, value: Any) -> None:
        try:
            self._file.write(json.dumps(value).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise NoVerdictError(f"the journal {self._path} cannot be written: {error.strerror}") from None


def _require_same(found: Any, heading: Heading, path: Path) -> None:
    differing = [each.name for each in fields(Heading) if found.get(each.name) != getattr(heading, each.name)]
    words = {"cassettes": "of other recordings", "target": "of another target", "options": "of other options"}
    if differing:
        what = words.get(differing[0], "of another version")
        raise UsageError(f"{path}: the journal is {what}; leave out --resume to begin anew, or name another --journal")


def _plain(entry: Entry) -> dict[str, Any]:
    plain = {each.name: getattr(entry, each.name) for each in fields(Entry) if each.name not in ("position", "held")}
    return {
        **plain,
        "tallies": {id: asdict(tally) for id, tally in entry.tallies.items()},
        "findings": [asdict(each) for each in entry.findings],
        "rules": dict(entry.rules),
        "noise": dict(entry.noise),
        "gave": [dict(each) for each in entry.gave] if any(entry.gave) else [],
    }


@dataclass(frozen=True, slots=True)
class _Set:
    """Checks that held, named once."""

    set: int
    held: tuple[str, ...]


def _entry(line: Mapping[str, Any], sets: Mapping[int, tuple[str, ...]]) -> Entry:
    held = list(sets[line["held"]]) if "held" in line else []
    return values.read(Entry, {**line, "position": line["done"], "held": held})
