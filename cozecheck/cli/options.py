"""Options that mean the same wherever they appear."""

from pathlib import Path
from typing import Annotated

import typer

from cozecheck import config


def _read_config(context: typer.Context, path: Path | None) -> Path | None:
    """Make the configuration file the defaults of the other options: flag, environment, file, in this order."""
    context.default_map = {**(context.default_map or {}), **config.load(path)}
    return path


BaseUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", envvar="COZECHECK_BASE_URL", help="The target, as in http://127.0.0.1:8080/v1."),
]
ApiKey = Annotated[
    str | None,
    typer.Option(metavar="KEY", envvar=["COZECHECK_API_KEY", "OPENAI_API_KEY"], help="The key that the target wants."),
]
Model = Annotated[
    str | None,
    typer.Option(metavar="NAME", envvar="COZECHECK_MODEL", help="The model to ask; else one that is listed."),
]
Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        envvar="COZECHECK_CONFIG",
        is_eager=True,
        callback=_read_config,
        help="Options by name, in TOML; cozecheck.toml is read by itself.",
    ),
]
Select = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", envvar="COZECHECK_SELECT", help="Checks or families to judge by; repeatable."),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", envvar="COZECHECK_IGNORE", help="Checks or families to leave out; repeatable."),
]
ProfileName = Annotated[
    str, typer.Option(metavar="NAME", envvar="COZECHECK_PROFILE", help="A named selection: `cozecheck list profiles`.")
]
Baseline = Annotated[
    Path | None,
    typer.Option(metavar="FILE", envvar="COZECHECK_BASELINE", help="Departures that are known and accepted, in TOML."),
]
Strict = Annotated[bool, typer.Option("--strict", envvar="COZECHECK_STRICT", help="A warning counts as a failure.")]
NoSdk = Annotated[
    bool,
    typer.Option("--no-sdk", envvar="COZECHECK_NO_SDK", help="Do not ask the official client: three times faster."),
]
Reports = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT=PATH",
        envvar="COZECHECK_REPORT",
        help="Write a report: text, json, junit, markdown or html; PATH - is stdout; repeatable.",
    ),
]
Concurrency = Annotated[
    int, typer.Option(metavar="N", min=1, max=256, envvar="COZECHECK_CONCURRENCY", help="Scenarios at a time.")
]
MaxRequests = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, envvar="COZECHECK_MAX_REQUESTS", help="Send no more requests than this."),
]
MaxTokens = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, envvar="COZECHECK_MAX_TOKENS", help="Ask for no more tokens than this, as guessed."
    ),
]
Timeout = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=0.1, envvar="COZECHECK_TIMEOUT", help="How long a target may be silent."),
]
Seed = Annotated[int, typer.Option(metavar="N", envvar="COZECHECK_SEED", help="What varies from run to run, fixed.")]
Header = Annotated[
    list[str] | None,
    typer.Option(metavar="'K: V'", envvar="COZECHECK_HEADER", help="A header for every request; repeatable."),
]
Flaw = Annotated[
    str | None,
    typer.Option(metavar="NAME", envvar="COZECHECK_FLAW", help="The bundled server is wrong on purpose: `list flaws`."),
]
Http2 = Annotated[bool, typer.Option("--http2", envvar="COZECHECK_HTTP2", help="Speak HTTP/2 to the target.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", envvar="COZECHECK_QUIET", help="Print the last line only.")]
NoProgress = Annotated[
    bool, typer.Option("--no-progress", envvar="COZECHECK_NO_PROGRESS", help="Show no progress bar.")
]
