"""What is wrong with a command line, in one line."""

import re

import typer

from cozecheck.cli.options import origin


def complaint(error: typer.TyperException) -> str:
    """Say what Typer found wrong, where it stands, and what is meant or where to read on."""
    words = _uncapitalised(error.format_message().rstrip(". \n")).replace(". Did you", "; did you")
    context = getattr(error, "ctx", None)
    if context is None:
        return words
    if type(error) is typer.BadParameter and error.param is not None and error.param.name:
        words = f"{origin(context, error.param.name.replace('_', '-'))}: {_uncapitalised(error.message)}"
    meant = "did you mean" in words or "Possible options" in words
    return words if meant else f"{words}; see `{context.command_path} --help`"


def _uncapitalised(words: str) -> str:
    return re.sub(r"^(Input s|[A-Z](?=[a-z]))", lambda start: start[0].lower().removeprefix("input "), words)
