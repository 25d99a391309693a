"""Where a report goes: files, stdout, the terminal; and how far a run has come."""

import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cozecheck.baseline import Accepted, apply
from cozecheck.errors import UsageError
from cozecheck.findings import Report
from cozecheck.render import FORMATS, text

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Destination:
    """A format, and the file it goes to; `-` is stdout."""

    format: str
    path: str


def destinations(options: Sequence[str], formats: Collection[str] = tuple(FORMATS)) -> tuple[Destination, ...]:
    """Read FORMAT=PATH options; raises UsageError for what is none of the *formats*, or cannot be written."""
    found = tuple(_destination(option, formats) for option in options)
    if sum(each.path == STDOUT for each in found) > 1:
        raise UsageError("only one report can go to stdout")
    return found


def _destination(option: str, formats: Collection[str]) -> Destination:
    format, equals, path = option.partition("=")
    if format not in formats:
        known = ", ".join(formats)
        raise UsageError(f"{option}: no format is called {format!r}; there are {known}")
    if not equals:
        path = STDOUT
    if not path:
        raise UsageError(f"{option}: a path is missing after {format}=")
    if path != STDOUT:
        _require_room(Path(path))
    return Destination(format, path)


def _require_room(path: Path) -> None:
    """Find out before a run, not after it, that its report has no place to go."""
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a directory: name a file")
        existing = next(each for each in (path, *path.absolute().parents) if each.exists())
    except OSError as error:  # a name that is too long
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    is_free = existing == path or existing.is_dir()
    if not is_free or not os.access(existing, os.W_OK) or "\0" in str(path):
        raise UsageError(f"{path} cannot be written")


def writable(path: Path, ending: str) -> Path:
    """Return the *path* of a file that a run is to write; raises UsageError where that cannot be."""
    if path.suffix != ending:
        raise UsageError(f"{path}: the name of such a file ends in {ending}")
    _require_room(path)
    return path


def write(path: Path, content: str) -> None:
    """Write a file beside the reports; raises UsageError where that cannot be."""
    if reason := _write(content, str(path)):
        raise UsageError(reason)


class Summarise(Protocol):
    """Tells a report to a person."""

    def __call__(self, report: Report, *, colour: bool, width: int) -> str:
        """Return text, newline at its end."""


def finish(
    report: Report,
    to: Sequence[Destination],
    entries: Sequence[Accepted],
    *,
    quiet: bool,
    summarise: Summarise = text.render,
    exit_code: int | None = None,
) -> None:
    """Apply the baseline, write the reports, print the summary, exit with the report's code if no other is given."""
    if entries:
        report = apply(report, entries, date.today())
    deliver(
        {each: FORMATS[each.format](report) for each in to},
        lambda colour, width: summarise(report, colour=colour, width=width),
        quiet=quiet,
    )
    raise typer.Exit(report.exit_code if exit_code is None else exit_code)


def deliver(contents: Mapping[Destination, str], summarise: Callable[[bool, int], str], *, quiet: bool) -> None:
    """Write each content to its place, and the summary (of *colour* and *width*) to the terminal."""
    lost = [reason for each, content in contents.items() if (reason := _write(content, each.path))]
    terminal = sys.stderr if any(each.path == STDOUT for each in contents) else sys.stdout
    colour = terminal.isatty() and not os.environ.get("NO_COLOR")
    summary = summarise(colour, min(shutil.get_terminal_size((100, 24)).columns, 120))
    _print(summary.rstrip().rpartition("\n")[2] + "\n" if quiet else summary, terminal)
    if lost:
        raise UsageError(lost[0])


def _write(content: str, path: str) -> str:
    """Write to a file or to stdout; return why it could not be done."""
    if path == STDOUT:
        _print(content, sys.stdout)
        return ""
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(content, "utf-8", "backslashreplace")
    except OSError as error:
        return f"--report: {path} cannot be written: {error.strerror}"
    return ""


def _print(content: str, stream: TextIO) -> None:
    stream.write(content)
    stream.flush()


class Advance(Protocol):
    """Says that one more is done; *total* comes when it is known."""

    def __call__(self, what: str = "", *, total: int | None = None) -> None:
        """Count one more, or learn the *total*."""


@contextmanager
def progress(title: str, *, hidden: bool) -> Iterator[Advance]:
    """Show a bar on stderr while the block lasts, if there is a person to see it."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=hidden or not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def advance(what: str = "", *, total: int | None = None) -> None:
            if total is not None:
                bar.update(task, total=total)
            else:
                bar.update(task, advance=1, description=f"{title} {what}".strip())

        yield advance
