"""Where recordings come from: files and folders."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cozecheck import recordings
from cozecheck.errors import UsageError
from cozecheck.recordings import Recording
from cozecheck.replay.planning import Source


def files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files of *paths*, folders expanded in sorted order. Raises UsageError for what is not there."""
    found = tuple(recordings.files(paths))
    for path in found:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        if not path.is_file():
            raise UsageError(f"{path}: recordings are read more than once: a file or a folder is needed")
    return found


def source(paths: Sequence[Path]) -> Source:
    """Return what reads these files from the start, whenever it is called."""

    def read() -> Iterator[tuple[int, Recording]]:
        for number, path in enumerate(paths):
            for recording in recordings.read(path):
                yield number, _named(recording, path) if len(paths) > 1 else recording

    return read


def _named(recording: Recording, path: Path) -> Recording:
    """Say in which folder it stands, too: files of several have the same name."""
    exchange = recording.exchange
    return replace(recording, exchange=replace(exchange, id=f"{path.parent.name}/{exchange.id}"))
