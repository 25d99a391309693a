"""Options that mean the same wherever they appear."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from keyword import iskeyword
from pathlib import Path
from typing import Annotated

import typer

from cozecheck import config
from cozecheck.errors import UsageError

PLACES = (
    "Every option can also stand in cozecheck.toml (timeout = 60) or in the environment (COZECHECK_TIMEOUT=60); "
    "a flag wins over the environment, the environment over the file. A list in the environment is separated by "
    "spaces or commas, headers by line breaks."
)
_SETTINGS = "cozecheck.settings"


def _read_settings(context: typer.Context, path: Path | None) -> Path | None:
    """Make file and environment the defaults of the other options."""
    found = config.settings(path, os.environ)
    context.meta[_SETTINGS] = found
    context.default_map = {_parameter(name): setting.value for name, setting in found.items()}
    return path


def _parameter(name: str) -> str:
    """Return how Python spells an option: `from` is a word of its own there."""
    return f"{name}_" if iskeyword(name) else name.replace("-", "_")


def origin(context: typer.Context, name: str) -> str:
    """Say where the value of an option (with hyphens) came from: a flag, a variable, or a file and its key."""
    found: dict[str, config.Setting] = context.meta.get(_SETTINGS, {})
    source = context.get_parameter_source(_parameter(name))
    from_flag = source is not None and source.name == "COMMANDLINE"
    return f"--{name}" if from_flag or name not in found else found[name].origin


@contextmanager
def blaming(context: typer.Context, name: str) -> Iterator[None]:
    """Let a UsageError of the block say where the option stands that is to blame."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{origin(context, name)}: {error}") from None


BaseUrl = Annotated[str | None, typer.Option(metavar="URL", help="The target, as in http://127.0.0.1:8080/v1.")]
ApiKey = Annotated[
    str | None,
    typer.Option(
        metavar="KEY",
        help="The key that the target wants; better in the environment: COZECHECK_API_KEY, else OPENAI_API_KEY.",
    ),
]
Model = Annotated[str | None, typer.Option(metavar="NAME", help="The model to ask; else one that is listed.")]
EmbeddingModel = Annotated[str | None, typer.Option(metavar="NAME", help="The model to ask for embeddings.")]
ImageModel = Annotated[str | None, typer.Option(metavar="NAME", help="The model to ask for images.")]
SpeechModel = Annotated[str | None, typer.Option(metavar="NAME", help="The model to ask for speech.")]
TranscriptionModel = Annotated[str | None, typer.Option(metavar="NAME", help="The model to ask for transcriptions.")]
Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        envvar=config.PREFIX + "CONFIG",
        show_envvar=False,
        is_eager=True,
        callback=_read_settings,
        help="Options by name, in TOML; else cozecheck.toml, if it is there.",
    ),
]
Select = Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Checks or families to judge by; repeatable.")]
Ignore = Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Checks or families to leave out; repeatable.")]
ProfileName = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="A named selection, `cozecheck list profiles`; or a file that `cozecheck scan` wrote."
    ),
]
Baseline = Annotated[Path | None, typer.Option(metavar="FILE", help="Departures that are known and accepted, in TOML.")]
UsesFile = Annotated[
    Path | None,
    typer.Option("--uses", metavar="FILE", help="The JSON report of a scan: findings say which code relies on them."),
]
Strict = Annotated[
    bool, typer.Option("--strict/--no-strict", show_default=False, help="A warning counts as a failure.")
]
NoSdk = Annotated[
    bool,
    typer.Option("--no-sdk/--sdk", show_default=False, help="Do not ask the official client: three times faster."),
]
Reports = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT=PATH",
        help="Write a report: text, json, junit, markdown, html, sarif, github or badge; PATH - is stdout; repeatable.",
    ),
]
Scrub = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What else must not be written; repeatable.")]
Concurrency = Annotated[int, typer.Option(metavar="N", min=1, max=256, help="Scenarios at a time.")]
MaxRequests = Annotated[int | None, typer.Option(metavar="N", min=1, help="Send no more requests than this.")]
MaxTokens = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Ask for no more tokens than this, as guessed.")
]
Timeout = Annotated[float, typer.Option(metavar="SECONDS", min=0.1, max=3600, help="How long a target may be silent.")]
Seed = Annotated[int, typer.Option(metavar="N", min=0, max=2**31 - 1, help="Where the seeds that are sent begin.")]
PropertyExamples = Annotated[
    int, typer.Option(metavar="N", min=0, max=1_000_000, help="Requests to draw at random; 0 draws none.")
]
PropertySeconds = Annotated[
    float | None, typer.Option(metavar="SECONDS", min=0.1, help="Send requests at random for no longer than this.")
]
Again = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Send a kept failure again, and nothing else, to see if it is fixed."),
]
Header = Annotated[list[str] | None, typer.Option(metavar="'K: V'", help="A header for every request; repeatable.")]
Flaw = Annotated[
    str | None, typer.Option(metavar="NAME", help="The bundled server is wrong on purpose: `cozecheck list flaws`.")
]
Http2 = Annotated[bool, typer.Option("--http2/--no-http2", show_default=False, help="Speak HTTP/2 to the target.")]
Quiet = Annotated[bool, typer.Option("--quiet/--no-quiet", "-q", show_default=False, help="Print the last line only.")]
NoProgress = Annotated[bool, typer.Option("--no-progress/--progress", show_default=False, help="Show no progress bar.")]
