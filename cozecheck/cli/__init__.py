"""The command `cozecheck`: one thin file a command."""

import os
import sys

import typer

from cozecheck import __version__
from cozecheck.cli import conformance, explain, judge, listing, serve, surface
from cozecheck.errors import CozecheckError

INTERRUPTED = 3

app = typer.Typer(
    name="cozecheck",
    help="Proves, before a migration, that a server which claims OpenAI's API keeps the promise.",
    epilog="Exit codes: 0 conforms, 1 findings, 2 usage or configuration, 3 no verdict.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
app.command("conformance")(conformance.conformance)
app.command("judge")(judge.judge)
app.command("surface")(surface.surface)
app.command("explain")(explain.explain)
app.command("list")(listing.list_)
app.command("serve", context_settings=serve.PASS_ON)(serve.serve)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cozecheck {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", is_eager=True, callback=_print_version, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run the command; whatever happens, it ends in one clear line and an exit code."""
    try:
        app()
    except CozecheckError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _complain("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing may be written to it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(INTERRUPTED)
    except Exception as error:
        if os.environ.get("COZECHECK_DEBUG"):
            raise
        _complain(f"internal error: {type(error).__name__}: {error} (set COZECHECK_DEBUG=1 for the traceback)")
        sys.exit(INTERRUPTED)


def _complain(words: str) -> None:
    print(f"cozecheck: {words}", file=sys.stderr)
