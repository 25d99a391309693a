"""Where recordings come from: files, folders, the golden set that is shipped."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files as package_files
from pathlib import Path
from typing import Final

from cozecheck import recordings
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.recordings import Recording
from cozecheck.replay.planning import Source

SUFFIXES: Final = (".yaml", ".yml", ".json", ".jsonl", ".har", ".gz")


def golden() -> Path:
    """Return the folder of the golden cassettes: in a wheel among its data, in a checkout beside the package."""
    package = Path(str(package_files("cozecheck")))
    places = (package / "data" / "cassettes", package.parent / "cassettes")
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise NoVerdictError("the golden cassettes are not installed; name files or folders to replay")
    return found


def files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files of *paths*, folders expanded in sorted order. Raises UsageError for what is not there."""
    return tuple(file for path in paths for file in _files(path))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(each for each in path.rglob("*") if each.suffix in SUFFIXES and each.is_file())
    elif path.is_file():
        yield path
    elif path.exists():
        raise UsageError(f"{path}: recordings are read more than once: a file or a folder is needed")
    else:
        raise UsageError(f"{path}: there is no such file or folder")


def source(paths: Sequence[Path]) -> Source:
    """Return what reads these files from the start, whenever it is called."""

    def read() -> Iterator[tuple[int, Recording]]:
        for number, path in enumerate(paths):
            for recording in recordings.read(path):
                yield number, recording

    return read
