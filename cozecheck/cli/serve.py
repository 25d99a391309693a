"""`cozecheck serve`: the reference server, by its own command."""

import subprocess
import sys

import typer

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def serve(context: typer.Context) -> None:
    """Run the reference server; takes the options of coze-server."""
    try:
        done = subprocess.run([sys.executable, "-m", "reference_server", *context.args], check=False)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    raise typer.Exit(done.returncode)
