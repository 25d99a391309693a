"""`cozecheck scan`: parse, call, render, exit."""

from pathlib import Path
from typing import Annotated

import typer

from cozecheck.cli import options

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH",
        help="Folders and files of Python, JavaScript and TypeScript; recordings of what the application sends.",
        show_default=False,
    ),
]
WriteProfile = Annotated[
    Path | None, typer.Option(metavar="FILE.toml", help="Write the profile that judges by what is used.")
]


def scan(
    context: typer.Context,
    paths: Paths,
    config: options.Config = None,
    write_profile: WriteProfile = None,
    report: options.Reports = None,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Find what a code base uses of the API."""
    from cozecheck import profiles
    from cozecheck.cli import output, scanning
    from cozecheck.render.scanned import render

    with options.blaming(context, "report"):
        to = output.destinations(report or ())
    with options.blaming(context, "write-profile"):
        into = output.writable(write_profile, profiles.ENDING) if write_profile else None
    with output.progress("reading", hidden=quiet or no_progress) as advance:
        result = scanning.scan(paths, advance)
    if into and result.uses and result.uses.found:
        output.write(into, profiles.write(scanning.profile(result)))
    output.finish(result, to, (), quiet=quiet, summarise=render)
