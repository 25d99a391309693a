"""`cozecheck load`: parse, call, render, exit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cozecheck.cli import options

if TYPE_CHECKING:
    from cozecheck.measured import Load

Name = Annotated[
    str,
    typer.Argument(
        metavar="PROFILE",
        help="A load profile, `cozecheck list profiles` shows them; or the path of your own, in TOML.",
        show_default=False,
    ),
]
Duration = Annotated[
    float | None, typer.Option(metavar="SECONDS", min=1, help="How long the whole takes; else as the profile says.")
]
Users = Annotated[int | None, typer.Option(metavar="N", min=1, help="Users at the peak, of a profile that has users.")]
Rate = Annotated[
    float | None, typer.Option(metavar="N", min=0.01, help="Requests a second at the peak, of one that has a rate.")
]
Sample = Annotated[
    float | None, typer.Option(metavar="SHARE", min=0, max=1, help="The share of exchanges that the checks judge.")
]
SloOption = Annotated[
    list[str] | None,
    typer.Option(
        "--slo",
        metavar="SLO",
        help="What must hold: 'ttft_p95 < 500ms', 'error_rate < 0.1%', 'goodput > 99%', 'throughput > 20/s', "
        "'ttft_p95 < 1.2 x baseline', 'chat_stream.itl_p99 < 50ms'; beside the profile's, or for the same measure, "
        "in its stead; repeatable.",
    ),
]
Reference = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The JSON report of an earlier load, which SLOs may refer to.")
]
Traffic = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="What is sent: bodies of requests, one a line, or recordings; else built-in."),
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Send from N processes of this machine, as one run.")
]
ExpectWorkers = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Wait for N workers on other machines; the command that joins is printed."),
]
Host = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Where workers on other machines come to: `0.0.0.0` is from anywhere.")
]
Port = Annotated[int, typer.Option(metavar="N", min=1, max=65535, help="And at which port.")]


def load(
    context: typer.Context,
    name: Name,
    base_url: options.BaseUrl = None,
    api_key: options.ApiKey = None,
    model: options.Model = None,
    embedding_model: options.EmbeddingModel = None,
    duration: Duration = None,
    users: Users = None,
    rate: Rate = None,
    slo: SloOption = None,
    reference: Reference = None,
    sample: Sample = None,
    traffic: Traffic = None,
    config: options.Config = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    profile: options.ProfileName = "all",
    baseline: options.Baseline = None,
    strict: options.Strict = False,
    report: options.Reports = None,
    workers: Workers = None,
    expect_workers: ExpectWorkers = None,
    host: Host = "127.0.0.1",
    port: Port = 5557,
    timeout: options.Timeout = 60.0,
    seed: options.Seed = 0,
    header: options.Header = None,
    flaw: options.Flaw = None,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Put a server under load: measure, and judge."""
    import asyncio
    import sys
    import time

    from cozecheck import load as road
    from cozecheck.cli import live, output, selection, ticking
    from cozecheck.findings import Report
    from cozecheck.load import profiles
    from cozecheck.meeting import Met
    from cozecheck.probe import Endpoint, Limits, Probe

    changes = road.Changes(duration, users, rate, sample, tuple(slo or ()), traffic)
    with options.blaming(context, "slo"):
        road.parse_all(changes.slos)
    decided = road.decide(profiles.named(name), changes)
    order = selection.order(
        context,
        profile=profile,
        wanted=select or (),
        unwanted=ignore or (),
        strict=strict,
        reports=report or (),
        baseline=baseline,
    )
    with options.blaming(context, "expect-workers"):
        crew = road.Crew(workers or 0, expect_workers or 0, host, port)
    with options.blaming(context, "reference"):
        before = _measured(reference) if reference else None
        road.require_baseline(decided.slos, before)
    target = live.Wanted(base_url, api_key, model, tuple(header or ()), flaw, http2=False)

    def met(found: Met) -> None:
        if not quiet:
            print(f"{target.name}, model {found.subject.model}: {road.planned(decided)}", file=sys.stderr)
        if crew.joining:  # nothing goes on without it
            print(f"waiting for {crew.joining} to join, each with: {crew.invitation}", file=sys.stderr, flush=True)

    async def drive(endpoint: Endpoint, asked: str | None) -> Report:
        models = {"model": asked, "embedding_model": embedding_model}
        async with Probe(endpoint, Limits.within(timeout)) as probe:
            given = {field: each for field, each in models.items() if each}
            return await road.run(probe, decided, order.checks, given, before, course)

    hidden = quiet or no_progress
    with live.reached(context, target) as (endpoint, asked), ticking.shown(road.lasts(decided), hidden=hidden) as show:
        course = road.Course(
            time.time, timeout, seed, order.strict, road.generator(crew), met, watch=show.second, judging=show.judged
        )
        result = asyncio.run(drive(endpoint, asked))
    output.finish(result, order.to, order.accepted, quiet=quiet)


def _measured(path: Path) -> "Load":
    """Read what an earlier load measured."""
    from cozecheck.cli import reports
    from cozecheck.errors import UsageError

    report = reports.read(path)
    if report.load is None:
        raise UsageError(f"{path}: a report of the kind {report.kind}; one of the kind load is expected")
    return report.load
