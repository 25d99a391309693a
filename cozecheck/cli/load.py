"""`cozecheck load`: parse, call, render, exit."""

from pathlib import Path
from typing import Annotated

import typer

from cozecheck.cli import options

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
    from cozecheck.cli import live, loading, output, selection

    wish = loading.wish(
        context,
        name=name,
        duration=duration,
        users=users,
        rate=rate,
        sample=sample,
        slo=slo or (),
        traffic=traffic,
        reference=reference,
        crew=(workers or 0, expect_workers or 0, host, port),
        embedding_model=embedding_model,
        timeout=timeout,
        seed=seed,
    )
    order = selection.order(
        context,
        profile=profile,
        wanted=select or (),
        unwanted=ignore or (),
        strict=strict,
        reports=report or (),
        baseline=baseline,
    )
    target = live.Wanted(base_url, api_key, model, tuple(header or ()), flaw, http2=False)
    result = loading.load(context, target, wish, order, quiet=quiet, progress=not (quiet or no_progress))
    output.finish(result, order.to, order.accepted, quiet=quiet)
