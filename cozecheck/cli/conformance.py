"""`cozecheck conformance`: parse, call, render, exit."""

from cozecheck.cli import options


def conformance(
    base_url: options.BaseUrl = None,
    api_key: options.ApiKey = None,
    model: options.Model = None,
    config: options.Config = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    profile: options.ProfileName = "all",
    baseline: options.Baseline = None,
    strict: options.Strict = False,
    report: options.Reports = None,
    concurrency: options.Concurrency = 8,
    max_requests: options.MaxRequests = None,
    max_tokens: options.MaxTokens = None,
    timeout: options.Timeout = 30.0,
    seed: options.Seed = 0,
    header: options.Header = None,
    flaw: options.Flaw = None,
    http2: options.Http2 = False,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Judge a live server; with no --base-url, the bundled one."""
    from cozecheck import profiles
    from cozecheck.checks import ALL
    from cozecheck.cli import live, output

    named = profiles.named(profile)
    checks = profiles.choose(ALL, named, select or (), ignore or ())
    to = output.destinations(report or ())
    entries = output.accepted(baseline, [check.id for check in ALL])
    target = live.Wanted(base_url, api_key, model, tuple(header or ()), flaw, http2=http2)
    pace = live.Pace(concurrency, max_requests, max_tokens, timeout, seed)
    result = live.judge(
        target, checks, pace, strict=strict or named.strict, quiet=quiet, progress=not (quiet or no_progress)
    )
    output.finish(result, to, entries, quiet=quiet)
