"""`cozecheck replay`: parse, call, render, exit."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cozecheck.cli import options


class Pace(StrEnum):
    """How requests follow one another."""

    FLAT = "flat"
    RECORDED = "recorded"


Cassettes = Annotated[
    list[Path] | None,
    typer.Argument(metavar="CASSETTE", help="Recordings, or folders of them; else the golden set.", show_default=False),
]
Map = Annotated[
    list[str] | None,
    typer.Option(metavar="THEIRS=OURS", help="Ask for another model: gpt-4o=mine, or gpt-4*=mine; repeatable."),
]
PaceOption = Annotated[Pace, typer.Option(help="Flat out, or with the gaps between requests as recorded.")]
Speed = Annotated[float, typer.Option(metavar="TIMES", min=0.01, help="How many times faster than recorded.")]
Repeat = Annotated[int, typer.Option(metavar="N", min=1, max=100, help="How often the target is sent each request.")]
Noise = Annotated[Path | None, typer.Option(metavar="FILE", help="What is known to be noisy, and why, in YAML.")]
Learn = Annotated[
    bool,
    typer.Option("--learn/--no-learn", show_default=False, help="Learn noise from requests recorded more than once."),
]
WriteNoise = Annotated[Path | None, typer.Option(metavar="FILE", help="Write what was learned, to be reviewed.")]
JournalFile = Annotated[Path, typer.Option(metavar="FILE", help="Where to note what is done.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where the run of the journal ended.")]
Against = Annotated[
    str | None, typer.Option(metavar="URL", help="A live original, asked anew; its recorded answers do not count.")
]
AgainstKeyEnv = Annotated[str, typer.Option(metavar="NAME", help="The variable that holds the original's key.")]
Secondary = Annotated[
    str | None, typer.Option(metavar="URL", help="A second original, or the same: how far it differs from itself.")
]


def replay(
    context: typer.Context,
    cassettes: Cassettes = None,
    base_url: options.BaseUrl = None,
    api_key: options.ApiKey = None,
    config: options.Config = None,
    map: Map = None,
    pace: PaceOption = Pace.FLAT,
    speed: Speed = 1.0,
    repeat: Repeat = 1,
    noise: Noise = None,
    learn: Learn = True,
    write_noise: WriteNoise = None,
    journal: JournalFile = Path(".cozecheck/replay/journal.jsonl"),
    resume: Resume = False,
    against: Against = None,
    against_key_env: AgainstKeyEnv = "OPENAI_API_KEY",
    secondary: Secondary = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    profile: options.ProfileName = "all",
    baseline: options.Baseline = None,
    uses: options.UsesFile = None,
    strict: options.Strict = False,
    no_sdk: options.NoSdk = False,
    report: options.Reports = None,
    concurrency: options.Concurrency = 8,
    max_requests: options.MaxRequests = None,
    timeout: options.Timeout = 30.0,
    header: options.Header = None,
    flaw: options.Flaw = None,
    http2: options.Http2 = False,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Send recorded requests to a target; compare its answers."""
    from cozecheck.cli import live, output, replaying, reports

    known = reports.uses(context, uses)
    order = replaying.order(
        context,
        profile=profile,
        wanted=select or (),
        unwanted=ignore or (),
        strict=strict,
        reports=report or (),
        baseline=baseline,
    )
    wish = replaying.wish(
        context,
        cassettes=cassettes or (),
        models=map or (),
        noise=noise,
        learn=learn,
        write_noise=write_noise,
        journal=journal,
        resume=resume,
        against=against,
        against_key_env=against_key_env,
        secondary=secondary,
        speed=speed if pace is Pace.RECORDED else None,
        repeat=repeat,
        ask_sdk=not no_sdk,
        concurrency=concurrency,
        max_requests=max_requests,
        timeout=timeout,
    )
    target = live.Wanted(base_url, api_key, None, tuple(header or ()), flaw, http2=http2)
    result = replaying.replay(context, target, wish, order, quiet=quiet, progress=not (quiet or no_progress))
    output.finish(reports.located(result, known), order.to, order.accepted, quiet=quiet)
