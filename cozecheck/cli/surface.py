"""`cozecheck surface`: parse, call, render, exit."""

from typing import Annotated

import typer

from cozecheck.cli import options

Operations = Annotated[
    list[str] | None,
    typer.Option("--operation", metavar="GLOB", help="Operations to ask for; repeatable."),
]


def surface(
    context: typer.Context,
    base_url: options.BaseUrl = None,
    api_key: options.ApiKey = None,
    config: options.Config = None,
    operation: Operations = None,
    report: options.Reports = None,
    concurrency: options.Concurrency = 8,
    timeout: options.Timeout = 30.0,
    header: options.Header = None,
    flaw: options.Flaw = None,
    http2: options.Http2 = False,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Ask a target which operations of the SDK it has."""
    import asyncio
    import time

    from cozecheck import surface as road
    from cozecheck.cli import live, output
    from cozecheck.findings import Report
    from cozecheck.probe import Endpoint, Limits, Probe
    from cozecheck.render.surface import render
    from cozecheck.sdk import discovered

    with options.blaming(context, "report"):
        to = output.destinations(report or ())
    with options.blaming(context, "operation"):
        operations = road.choose(discovered(), operation or ())
    target = live.Wanted(base_url, api_key, None, tuple(header or ()), flaw, http2=http2)

    async def ask(endpoint: Endpoint, advance: output.Advance) -> Report:
        async with Probe(endpoint, Limits.within(timeout)) as probe:
            return await road.run(probe, operations, clock=time.time, concurrency=concurrency, progress=advance)

    hidden = quiet or no_progress
    with live.reached(context, target) as (endpoint, _), output.progress("asking", hidden=hidden) as advance:
        advance(total=len(operations))
        result = asyncio.run(ask(endpoint, advance))
    output.finish(result, to, (), quiet=quiet, summarise=render)
