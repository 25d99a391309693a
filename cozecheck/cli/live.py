"""A live run, as the command line wants it: target, pace, progress."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cozecheck import bundled, scenarios
from cozecheck.checks import Check
from cozecheck.cli.output import progress as progress_bar
from cozecheck.conformance import Budget, Course, Plan, run
from cozecheck.errors import UsageError
from cozecheck.findings import Report
from cozecheck.probe import Endpoint, Limits, Probe


@dataclass(frozen=True, slots=True)
class Wanted:
    """The target that the options name; no base URL is the bundled server."""

    base_url: str | None
    api_key: str | None
    model: str | None
    headers: tuple[str, ...]
    flaw: str | None
    http2: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast, how much, how patiently."""

    concurrency: int
    max_requests: int | None
    max_tokens: int | None
    timeout: float
    seed: int


def judge(wanted: Wanted, checks: Sequence[Check], pace: Pace, *, strict: bool, quiet: bool, progress: bool) -> Report:
    """Judge the target that is wanted."""
    with reached(wanted) as (endpoint, model), progress_bar("judging", hidden=not progress) as advance:

        def planned(plan: Plan) -> None:
            if not quiet:
                _say(plan)
            advance(total=plan.requests)

        course = Course(
            clock=time.time,
            concurrency=pace.concurrency,
            budget=Budget(pace.max_requests, pace.max_tokens),
            strict=strict,
            planned=planned,
            progress=advance,
        )
        return asyncio.run(_run(endpoint, model, checks, pace, course))


def _say(plan: Plan) -> None:
    cost = f"{plan.requests} requests, about {plan.tokens:,} tokens at most"
    print(f"{plan.subject.model}: {len(plan.scenarios)} scenarios, {cost}", file=sys.stderr)


async def _run(endpoint: Endpoint, model: str | None, checks: Sequence[Check], pace: Pace, course: Course) -> Report:
    async with Probe(endpoint, Limits.within(pace.timeout)) as probe:
        return await run(probe, scenarios.ALL, checks, model, pace.seed, course)


@contextmanager
def reached(wanted: Wanted) -> Iterator[tuple[Endpoint, str | None]]:
    """Give the endpoint and the model: of the named target, or of the bundled server, running."""
    headers = tuple(_header(line) for line in wanted.headers)
    if wanted.base_url:
        if wanted.flaw:
            raise UsageError("--flaw is for the bundled server only: leave out --base-url")
        yield Endpoint(wanted.base_url, wanted.api_key, headers, http2=wanted.http2), wanted.model
        return
    with bundled.running(wanted.flaw) as server:
        yield Endpoint(server.base_url, server.api_key, headers, http2=wanted.http2), wanted.model or server.model


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError(f"--header {line!r}: a header has the form 'Name: value'")
    return name.strip(), value.strip()
