"""`cozecheck serve`: the reference server, by its own command."""

import os
import sys

import typer

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def serve(context: typer.Context) -> None:
    """Run the reference server; takes the options of coze-server."""
    # In our place, not beside us: signals and exit codes are its own.
    os.execv(sys.executable, [sys.executable, "-m", "reference_server", *context.args])  # noqa: S606
