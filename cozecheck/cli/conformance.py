"""`cozecheck conformance`: parse, call, render, exit."""

import typer

from cozecheck.cli import options


def conformance(
    context: typer.Context,
    base_url: options.BaseUrl = None,
    api_key: options.ApiKey = None,
    model: options.Model = None,
    embedding_model: options.EmbeddingModel = None,
    image_model: options.ImageModel = None,
    speech_model: options.SpeechModel = None,
    transcription_model: options.TranscriptionModel = None,
    config: options.Config = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    profile: options.ProfileName = "all",
    baseline: options.Baseline = None,
    uses: options.UsesFile = None,
    strict: options.Strict = False,
    report: options.Reports = None,
    concurrency: options.Concurrency = 8,
    max_requests: options.MaxRequests = None,
    max_tokens: options.MaxTokens = None,
    timeout: options.Timeout = 30.0,
    seed: options.Seed = 0,
    property_examples: options.PropertyExamples = 1000,
    property_seconds: options.PropertySeconds = 300.0,
    again: options.Again = None,
    header: options.Header = None,
    flaw: options.Flaw = None,
    http2: options.Http2 = False,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Judge a live server; with no --base-url, the bundled one."""
    from cozecheck.cli import failing, live, output, reports, selection

    known = reports.uses(context, uses)
    wanted = failing.wanted(context, select or (), again)
    order = selection.order(
        context,
        profile="all" if again else profile,
        wanted=wanted.checks,
        unwanted=() if again else ignore or (),
        strict=strict,
        reports=report or (),
        baseline=baseline,
    )
    target = live.Wanted(base_url, api_key, model, tuple(header or ()), flaw, http2=http2)
    pace = live.Pace(concurrency, max_requests, max_tokens, timeout, seed)
    others = {
        "embedding_model": embedding_model,
        "image_model": image_model,
        "speech_model": speech_model,
        "transcription_model": transcription_model,
    }
    sent = live.Sent(wanted.scenarios, wanted.search(property_examples, property_seconds))
    result = live.judge(context, target, others, order, pace, sent, quiet=quiet, progress=not (quiet or no_progress))
    if again:
        failing.finish(result, again, order, quiet=quiet)
    output.finish(reports.located(result, known), order.to, order.accepted, quiet=quiet)
