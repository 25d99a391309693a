"""`cozecheck init`: parse, ask, write."""

from pathlib import Path
from typing import Annotated

import typer

FromScan = Annotated[
    list[Path] | None,
    typer.Option("--from-scan", metavar="PATH", help="The application's code; nothing is asked then. Repeatable."),
]
BaseUrl = Annotated[str | None, typer.Option(metavar="URL", help="The target; else it is asked for.")]
Output = Annotated[Path, typer.Option(metavar="FILE", help="Where to write.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


def init(
    from_scan: FromScan = None, base_url: BaseUrl = None, output: Output = Path("cozecheck.toml"), force: Force = False
) -> None:
    """Write a cozecheck.toml, by asking or from a scan."""
    import sys

    from cozecheck.cli import beginning

    is_asked = not from_scan and sys.stdin.isatty()
    wish = beginning.asked(base_url) if is_asked else beginning.Wish(tuple(from_scan or ()), base_url)
    for line in beginning.write(wish, output, force=force):
        typer.echo(line)
