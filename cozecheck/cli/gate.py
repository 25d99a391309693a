"""`cozecheck gate`: parse, call, render, exit."""

from pathlib import Path
from typing import Annotated

import typer

from cozecheck.cli import options
from cozecheck.cli.load import SloOption
from cozecheck.cli.replay import Map, Noise

Scan = Annotated[
    list[Path] | None,
    typer.Option("--scan", metavar="PATH", help="The application's code, or its recordings; repeatable."),
]
ProfileName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="A named selection, or a file that `cozecheck scan` wrote; else what it scans."),
]
Cassettes = Annotated[
    list[Path] | None, typer.Option("--cassettes", metavar="PATH", help="Recordings to replay; repeatable.")
]
LoadName = Annotated[str | None, typer.Option("--load", metavar="PROFILE", help="A load profile to run; else none.")]
Previous = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The JSON report of before: what failed in it already is listed only."),
]
Evidence = Annotated[
    list[Path] | None,
    typer.Option("--evidence", metavar="FILE", help="JSON reports made elsewhere that count, too; repeatable."),
]
Signatures = Annotated[
    Path | None, typer.Option(metavar="FILE", help="What people vouch for, with name and date, in TOML.")
]
Require = Annotated[
    list[str] | None,
    typer.Option("--require", metavar="GLOB", help="Items of the checklist that must be settled; repeatable."),
]


def gate(
    context: typer.Context,
    base_url: options.BaseUrl = None,
    api_key: options.ApiKey = None,
    model: options.Model = None,
    embedding_model: options.EmbeddingModel = None,
    image_model: options.ImageModel = None,
    speech_model: options.SpeechModel = None,
    transcription_model: options.TranscriptionModel = None,
    config: options.Config = None,
    scan: Scan = None,
    cassettes: Cassettes = None,
    map: Map = None,
    noise: Noise = None,
    load: LoadName = None,
    slo: SloOption = None,
    evidence: Evidence = None,
    signatures: Signatures = None,
    require: Require = None,
    previous: Previous = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    profile: ProfileName = None,
    baseline: options.Baseline = None,
    strict: options.Strict = False,
    report: options.Reports = None,
    concurrency: options.Concurrency = 8,
    max_requests: options.MaxRequests = None,
    max_tokens: options.MaxTokens = None,
    timeout: options.Timeout = 30.0,
    seed: options.Seed = 0,
    property_examples: options.PropertyExamples = 0,
    property_seconds: options.PropertySeconds = 60.0,
    header: options.Header = None,
    flaw: options.Flaw = None,
    http2: options.Http2 = False,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Everything that cozecheck.toml asks for, one verdict."""
    from cozecheck.cli import gating, live, output

    course = gating.Course(
        context,
        live.Wanted(base_url, api_key, model, tuple(header or ()), flaw, http2=http2),
        {
            "model": model,
            "embedding_model": embedding_model,
            "image_model": image_model,
            "speech_model": speech_model,
            "transcription_model": transcription_model,
        },
        live.Pace(concurrency, max_requests, max_tokens, timeout, seed),
        property_examples,
        property_seconds,
        quiet=quiet,
        progress=not (quiet or no_progress),
    )
    wish = gating.wish(
        course,
        scan=scan or (),
        cassettes=cassettes or (),
        models=map or (),
        noise=noise,
        load=load,
        slo=slo or (),
        evidence=evidence or (),
        signatures=signatures,
        require=require or (),
        previous=previous,
        profile=profile,
        wanted=select or (),
        unwanted=ignore or (),
        strict=strict,
        destinations=report or (),
        baseline=baseline,
    )
    output.finish(gating.gate(course, wish), wish.order.to, (), quiet=quiet)
