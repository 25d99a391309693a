"""The command `cozecheck`: one thin file a command."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper

import typer

from cozecheck import __version__
from cozecheck.cli import (
    checklist,
    compare,
    conformance,
    explain,
    fidelity,
    gate,
    importing,
    init,
    judge,
    listing,
    load,
    load_worker,
    options,
    plan,
    record,
    replay,
    scan,
    serve,
    surface,
)
from cozecheck.cli.complaining import complaint
from cozecheck.errors import CozecheckError

USAGE = 2
NO_VERDICT = 3

app = typer.Typer(
    name="cozecheck",
    help="Proves, before a migration, that a server which claims OpenAI's API keeps the promise.",
    epilog="Exit codes: 0 conforms, 1 findings, 2 usage or configuration, 3 no verdict.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
app.command("conformance", epilog=options.PLACES)(conformance.conformance)
app.command("judge", epilog=options.PLACES)(judge.judge)
app.command("record", epilog=options.PLACES)(record.record)
app.command("replay", epilog=options.PLACES)(replay.replay)
app.command("import", epilog=options.PLACES)(importing.import_)
app.command("surface", epilog=options.PLACES)(surface.surface)
app.command("fidelity", epilog=options.PLACES)(fidelity.fidelity)
app.command("load", epilog=options.PLACES)(load.load)
app.command("load-worker")(load_worker.load_worker)
app.command("plan", epilog=options.PLACES)(plan.plan)

app.command("scan", epilog=options.PLACES)(scan.scan)
app.command("checklist", epilog=options.PLACES)(checklist.checklist)
app.command("gate", epilog=options.PLACES)(gate.gate)

app.command("compare")(compare.compare)
app.command("init")(init.init)
app.command("explain")(explain.explain)
app.command("list")(listing.list_)
app.command("serve", context_settings=serve.PASS_ON)(serve.serve)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cozecheck {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", is_eager=True, callback=_print_version, help="Print the version."),
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE)


def main() -> None:
    """Run the command; whatever happens, it ends in one clear line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # Ctrl-C ends us even where a shell started us with it ignored, as CI jobs in the background are.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Being told to end is the same: what was done is kept.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command in this process and return its exit code; complaints go to stderr."""
    # Not app(): that ends an interruption and a broken pipe with codes of its own.
    command = typer.main.get_command(app)
    try:
        with command.make_context("cozecheck", list(arguments)) as context:
            command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as done:
        return _delivered(done.exit_code)
    except typer.TyperException as error:
        return _complain(complaint(error), error.exit_code)
    except CozecheckError as error:
        return _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _complain("interrupted", NO_VERDICT)
    except OSError as error:
        return _undelivered(error)
    except Exception as error:
        if os.environ.get("COZECHECK_DEBUG"):
            raise
        hint = "set COZECHECK_DEBUG=1 for the traceback"
        return _complain(f"internal error: {type(error).__name__}: {error} ({hint})", NO_VERDICT)
    return 0


def _delivered(code: int) -> int:
    try:
        sys.stdout.flush()
    except OSError as error:
        return _undelivered(error)
    return code


def _undelivered(error: OSError) -> int:
    """Our output cannot be written; what is left of it must not be tried again at exit."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):  # whoever read it has had enough, and knows
        return NO_VERDICT
    return _complain(f"the output cannot be written: {error.strerror or error}", NO_VERDICT)


def _complain(words: str, code: int) -> int:
    with suppress(OSError):
        print(f"cozecheck: {' '.join(words.split())}", file=sys.stderr, flush=True)
    return code
