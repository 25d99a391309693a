"""`cozecheck judge`: parse, call, render, exit."""

from pathlib import Path
from typing import Annotated

import typer

from cozecheck.cli import options

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="Recordings, or folders of them: VCR cassettes, HAR, nock, httprr, JSON lines.",
        show_default=False,
    ),
]


def judge(
    context: typer.Context,
    files: Files,
    config: options.Config = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    profile: options.ProfileName = "all",
    baseline: options.Baseline = None,
    uses: options.UsesFile = None,
    strict: options.Strict = False,
    no_sdk: options.NoSdk = False,
    report: options.Reports = None,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Judge recorded traffic; nothing is sent."""
    import time

    from cozecheck import judge as road
    from cozecheck.cli import output, reports, selection

    known = reports.uses(context, uses)
    order = selection.order(
        context,
        profile=profile,
        wanted=select or (),
        unwanted=ignore or (),
        strict=strict,
        reports=report or (),
        baseline=baseline,
    )
    with output.progress("judging", hidden=quiet or no_progress) as advance:
        result = road.judge(
            files,
            order.checks,
            strict=order.strict,
            ask_sdk=not no_sdk,
            clock=time.time,
            progress=lambda exchange: advance(exchange.id),
        )
    output.finish(reports.located(result, known), order.to, order.accepted, quiet=quiet)
