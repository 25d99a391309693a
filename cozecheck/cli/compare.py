"""`cozecheck compare`: parse, call, render, exit."""

from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help="JSON reports of any kind, the oldest first.", show_default=False),
]
Reports = Annotated[
    list[str] | None,
    typer.Option(
        "--report", metavar="FORMAT=PATH", help="Write it: text, json, markdown or html; PATH - is stdout; repeatable."
    ),
]
FailOnNew = Annotated[
    bool, typer.Option("--fail-on-new", help="Exit with 1 if the last fails what the first does not.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the last line only.")]


def compare(files: Files, report: Reports = None, fail_on_new: FailOnNew = False, quiet: Quiet = False) -> None:
    """Reports side by side: servers, or before and after."""
    from cozecheck import compare as road
    from cozecheck.cli import output, reports
    from cozecheck.errors import UsageError
    from cozecheck.render import comparison

    if len(files) < 2:
        raise UsageError("one report is nothing to compare: name two or more")
    try:
        to = output.destinations(report or (), comparison.FORMATS)
    except UsageError as error:
        raise UsageError(f"--report: {error}") from None
    found = road.compare([(path.as_posix(), reports.read(path)) for path in files])
    new = found.of(road.Change.NEW)
    output.deliver(
        {each: comparison.FORMATS[each.format](found) for each in to},
        lambda colour, _: comparison.text(found, colour=colour),
        quiet=quiet,
    )
    raise typer.Exit(1 if fail_on_new and new else 0)
