"""`cozecheck record`: parse, call, say, exit."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cozecheck.cli import options
from cozecheck.errors import NoVerdictError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cozecheck.record.keeping import Write
    from cozecheck.record.metering import Cap
    from cozecheck.recordings import Recording

OPENAI = "https://api.openai.com/v1"

Through = Annotated[
    bool, typer.Option("--proxy/--no-proxy", show_default=False, help="Record an app's traffic: run a reverse proxy.")
]
UpstreamUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Where the proxy sends on to, as in https://api.openai.com/v1.")
]
Suite = Annotated[
    str | None, typer.Option(metavar="NAME", help="Send a suite: standard, or a folder of cassettes, and record it.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="The folder that the cassettes go to.")
]
Host = Annotated[str, typer.Option(metavar="HOST", help="Where the proxy listens; any but this lets others in.")]
Port = Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="The port of the proxy; 0 is a free one.")]
Twice = Annotated[
    bool,
    typer.Option("--twice/--once", show_default=False, help="Send every request twice: the target's own noise."),
]
MaxCost = Annotated[
    float | None, typer.Option(metavar="USD", min=0, help="Stop when this much was spent; needs both prices.")
]
PriceIn = Annotated[float | None, typer.Option(metavar="USD", min=0, help="What a million tokens of requests cost.")]
PriceOut = Annotated[float | None, typer.Option(metavar="USD", min=0, help="What a million tokens of answers cost.")]


def record(
    context: typer.Context,
    proxy: Through = False,
    upstream: UpstreamUrl = None,
    suite: Suite = None,
    output: Output = None,
    base_url: options.BaseUrl = None,
    api_key: options.ApiKey = None,
    config: options.Config = None,
    host: Host = "127.0.0.1",
    port: Port = 8081,
    twice: Twice = False,
    max_requests: options.MaxRequests = None,
    max_tokens: options.MaxTokens = None,
    max_cost: MaxCost = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    scrub: options.Scrub = None,
    timeout: options.Timeout = 30.0,
    quiet: options.Quiet = False,
    no_progress: options.NoProgress = False,
) -> None:
    """Record a suite, or an app's own traffic, into cassettes.

    A suite is sent with the openai SDK and recorded by vcrpy, which holds whole bodies: no arrival times, and no
    stream that breaks off. The proxy holds both. Without --base-url a suite is sent to OpenAI.
    """
    if proxy == (suite is not None):
        raise UsageError("one of the two: --proxy, to record an app, or --suite standard, to send a suite")
    if output is None:
        raise UsageError("a folder for the cassettes is missing: -o DIR")
    cap = _cap(max_requests, max_tokens, max_cost, price_in, price_out)
    if suite is None:
        if twice:
            raise UsageError(
                "--twice: a proxy does not send an app's requests again, which may not be harmless; record once, "
                "then: cozecheck record --suite DIR --twice"
            )
        _pass(context, upstream, output, cap, host, port, _writer(api_key, scrub or ()))
    else:
        hidden = quiet or no_progress
        _renew(context, suite, output, cap, base_url, api_key, scrub or (), twice, timeout, hidden)


def _cap(
    requests: int | None, tokens: int | None, cost: float | None, price_in: float | None, price_out: float | None
) -> "Cap":
    from cozecheck.record.metering import Cap

    if cost is not None and (price_in is None or price_out is None):
        raise UsageError("--max-cost: prices per million tokens are missing: --price-in USD --price-out USD")
    return Cap(requests, tokens, cost, price_in or 0.0, price_out or 0.0)


def _pass(
    context: typer.Context, upstream: str | None, output: Path, cap: "Cap", host: str, port: int, write: "Write"
) -> None:
    from cozecheck.proxy import Upstream
    from cozecheck.record import passing
    from cozecheck.record.keeping import Folder
    from cozecheck.record.metering import Meter

    if upstream is None:
        raise UsageError("the proxy needs to know where to send on to: --upstream URL")
    with options.blaming(context, "upstream"):
        to = Upstream.at(upstream)
    with options.blaming(context, "output"):
        meter = Meter(cap)
        folder = Folder(output, write, meter.count)

    def announce(base_url: str) -> None:
        print(f"cozecheck: {base_url} records what goes to {to.authority} into {output}; Ctrl-C ends it", flush=True)

    try:
        with options.blaming(context, "port"):
            passing.run(to, folder, meter, host=host, port=port, announce=announce)
    finally:
        if folder.written:
            _say(folder.written, output, meter.tokens_in + meter.tokens_out, meter.cost)
        if folder.unanswered:
            print(f"cozecheck: left out: {folder.unanswered}: no answer had come when they ended", file=sys.stderr)


def _renew(
    context: typer.Context,
    suite: str,
    output: Path,
    cap: "Cap",
    base_url: str | None,
    api_key: str | None,
    scrub: "Sequence[str]",
    twice: bool,
    timeout: float,
    hidden: bool,
) -> None:
    import time

    from cozecheck.cassettes.suite import Studio
    from cozecheck.cli.output import progress
    from cozecheck.probe import Endpoint
    from cozecheck.record import renewing
    from cozecheck.record.metering import Meter

    if not api_key:
        raise UsageError("a key is missing: set OPENAI_API_KEY, or --api-key for a server that wants another or none")
    with options.blaming(context, "base-url"):
        Endpoint(base_url or OPENAI)
    with options.blaming(context, "api-key"):
        Endpoint(base_url or OPENAI, api_key)
    meter = Meter(cap)
    studio = Studio(base_url or OPENAI, api_key, timeout, time.time, takes=2 if twice else 1)
    with options.blaming(context, "suite"):
        folder = renewing.located(suite)
        renewing.originals(folder)
        with progress("recording", hidden=hidden) as advance:
            renewal = renewing.run(folder, studio, output, _writer(api_key, scrub), meter, advance)
    _say(renewal.written, output, meter.tokens_in + meter.tokens_out, meter.cost)
    for why, names in renewal.left_out.items():
        print(f"cozecheck: left out: {len(names)} ({_named(names)}): {why}", file=sys.stderr)
    if renewal.interrupted:
        raise NoVerdictError("interrupted; what was recorded before is kept")


def _writer(api_key: str | None, words: "Sequence[str]") -> "Write":
    """Cassettes, scrubbed of what looks secret, of our own key, whatever it looks like, and of the *words*."""
    from cozecheck import cassettes
    from cozecheck.scrubbing import Scrubber

    scrubber = Scrubber((api_key,) if api_key else (), words=words)

    def write(path: Path, recordings: "Sequence[Recording]") -> None:
        cassettes.write(path, recordings, scrubber)

    return write


def _named(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def _say(written: int, output: Path, tokens: int, cost: float) -> None:
    spent = f", {cost:.4f} at the prices given" if cost else ""
    exchanges = "1 exchange" if written == 1 else f"{written:,} exchanges"
    print(f"{exchanges} recorded into {output}, about {tokens:,} tokens{spent}")
