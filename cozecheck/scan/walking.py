"""The files of an application: which are read, and which are left alone."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cozecheck.errors import UsageError

SKIPPED: Final = frozenset(
    ("node_modules", "__pycache__", "site-packages", "venv", "env", "dist", "build", "vendor", "target", "coverage")
)
"""Folders of other people's code, or of what was made from it; those that begin with a dot are left alone, too."""
ENDINGS: Final = {
    ".py": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
}
RECORDED: Final = (".har", ".yaml", ".yml", ".jsonl", ".gz")
MOST_BYTES: Final = 2_000_000
"""Of one file: what is larger was made by a machine."""
MOST_FILES: Final = 50_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read; *name* is what reports call it."""

    path: Path
    name: str
    language: str


def sources(paths: Iterable[Path]) -> Iterator[Source]:
    """Yield the source files at and under *paths*, in order; raises UsageError for what is not there."""
    count = 0
    for root in paths:
        for path in _files(root):
            count += 1
            if count > MOST_FILES:
                raise UsageError(f"{root}: more than {MOST_FILES:,} source files: name the folders of your own code")
            yield Source(path, path.as_posix(), ENDINGS[path.suffix])


def recordings(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the paths that are recordings: files that are named, and are no source."""
    return tuple(path for path in paths if path.is_file() and path.suffix in RECORDED)


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        if root.suffix in ENDINGS:
            yield root
        elif root.suffix not in RECORDED:
            raise UsageError(f"{root}: neither Python, JavaScript or TypeScript, nor a recording")
        return
    if not root.is_dir():
        raise UsageError(f"{root}: there is no such file or folder")
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if each not in SKIPPED and not each.startswith("."))
        yield from (Path(folder) / name for name in sorted(names) if Path(name).suffix in ENDINGS)
