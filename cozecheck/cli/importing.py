"""`cozecheck import`: foreign recordings into cassettes."""

from pathlib import Path
from typing import Annotated

import typer

from cozecheck.cli import options

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help="Recordings, or folders of them, in any format.", show_default=False),
]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="Where the cassettes go.", show_default=False)
]
Force = Annotated[
    bool, typer.Option("--force/--no-force", show_default=False, help="Write over cassettes that are there.")
]


def import_(
    context: typer.Context,
    files: Files,
    output: Output,
    config: options.Config = None,
    scrub: options.Scrub = None,
    force: Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Turn recordings of any kind into cassettes, scrubbed."""
    from cozecheck import importing
    from cozecheck.scrubbing import Scrubber

    with options.blaming(context, "scrub"):
        scrubber = Scrubber(words=scrub or ())
    done = importing.run(files, output, scrubber, force=force)
    if not quiet:
        for line in importing.told(done, output):
            typer.echo(line, err=True)
