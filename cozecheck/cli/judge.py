"""`cozecheck judge`: parse, call, render, exit."""

from pathlib import Path
from typing import Annotated

import typer

from cozecheck.cli import options

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Exchanges, one a line: .jsonl or .jsonl.gz.", show_default=False),
]


def judge(
    files: Files,
    config: options.Config = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    profile: options.ProfileName = "all",
    baseline: options.Baseline = None,
    strict: options.Strict = False,
    no_sdk: options.NoSdk = False,
    report: options.Reports = None,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Judge recorded traffic; nothing is sent."""
    import time

    from cozecheck import judge as road
    from cozecheck import profiles
    from cozecheck.checks import ALL
    from cozecheck.cli import output

    named = profiles.named(profile)
    checks = profiles.choose(ALL, named, select or (), ignore or ())
    to = output.destinations(report or ())
    entries = output.accepted(baseline, [check.id for check in ALL])
    with output.progress("judging", hidden=quiet or no_progress) as advance:
        result = road.judge(
            files,
            checks,
            strict=strict or named.strict,
            ask_sdk=not no_sdk,
            clock=time.time,
            progress=lambda exchange: advance(exchange.id),
        )
    output.finish(result, to, entries, quiet=quiet)
