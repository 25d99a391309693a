"""`cozecheck fidelity`: parse, call, render, exit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cozecheck.cli import options

if TYPE_CHECKING:
    from cozecheck.findings import Trial

Reference = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The JSON report of an earlier run, against OpenAI say, to be held against."),
]
Repeats = Annotated[int, typer.Option(metavar="N", min=1, max=1000, help="How often each case is sent.")]


def fidelity(
    context: typer.Context,
    base_url: options.BaseUrl = None,
    api_key: options.ApiKey = None,
    model: options.Model = None,
    config: options.Config = None,
    reference: Reference = None,
    repeats: Repeats = 5,
    report: options.Reports = None,
    concurrency: options.Concurrency = 8,
    max_requests: options.MaxRequests = None,
    max_tokens: options.MaxTokens = None,
    timeout: options.Timeout = 30.0,
    header: options.Header = None,
    flaw: options.Flaw = None,
    http2: options.Http2 = False,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Measure how faithfully a model calls tools."""
    import asyncio
    import sys
    import time

    from cozecheck.cli import live, output
    from cozecheck.findings import Report
    from cozecheck.probe import Endpoint, Limits, Probe
    from cozecheck.render.fidelity import render
    from cozecheck.tool_cases import Course, Plan, cases, run

    known = cases()
    with options.blaming(context, "report"):
        to = output.destinations(report or ())
    with options.blaming(context, "reference"):
        beside = _trials(reference) if reference else ()
    target = live.Wanted(base_url, api_key, model, tuple(header or ()), flaw, http2=http2)

    def planned(plan: Plan) -> None:
        if not quiet:
            cost = f"{plan.requests:,} requests and about {plan.tokens:,} tokens at most"
            what = f"{len(known)} cases, {repeats} times, whole and streamed"
            print(f"{target.name}, model {plan.model}: {what}, {cost}", file=sys.stderr)
        advance(total=plan.requests)

    async def ask(endpoint: Endpoint, model: str | None) -> Report:
        async with Probe(endpoint, Limits.within(timeout)) as probe:
            return await run(probe, known, model, beside, course)

    hidden = quiet or no_progress
    with live.reached(context, target) as (endpoint, asked), output.progress("asking", hidden=hidden) as advance:
        course = Course(time.time, repeats, concurrency, max_requests, max_tokens, planned, advance)
        result = asyncio.run(ask(endpoint, asked))
    output.finish(result, to, (), quiet=quiet, summarise=render)


def _trials(path: Path) -> "tuple[Trial, ...]":
    """Read the trials of a reference."""
    from cozecheck.cli import reports
    from cozecheck.tool_cases import cases, require_reference

    return require_reference(reports.read(path), cases(), str(path))
