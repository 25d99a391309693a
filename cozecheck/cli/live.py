"""A live run, as the command line wants it: target, pace, progress."""

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import typer

from cozecheck import bundled
from cozecheck.cli.options import blaming
from cozecheck.cli.output import progress as progress_bar
from cozecheck.cli.selection import Order
from cozecheck.conformance import Course, Plan, run
from cozecheck.errors import UsageError
from cozecheck.findings import Report
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.properties import Search
from cozecheck.scenarios import Scenario
from cozecheck.spending import Budget

Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The target that the options name; no base URL is the bundled server."""

    base_url: str | None
    api_key: str | None
    model: str | None
    headers: tuple[str, ...]
    flaw: str | None
    http2: bool

    @property
    def name(self) -> str:
        """What to call it."""
        return "the bundled server" if self.base_url is None else self.base_url


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast, how much, how patiently."""

    concurrency: int
    max_requests: int | None
    max_tokens: int | None
    timeout: float
    seed: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent: scenarios, and requests at random."""

    scenarios: tuple[Scenario, ...]
    search: Search


def judge(
    context: typer.Context,
    wanted: Wanted,
    models: Mapping[str, str | None],
    order: Order,
    pace: Pace,
    sent: Sent,
    *,
    quiet: bool,
    progress: bool,
) -> Report:
    """Judge the target that is wanted; *models* are those beside the one that chats."""
    with reached(context, wanted) as (endpoint, model), progress_bar("judging", hidden=not progress) as advance:

        def planned(plan: Plan) -> None:
            if not quiet:
                _say(wanted.name, plan, len(sent.scenarios))
            advance(total=plan.requests)

        course = Course(
            clock=time.time,
            concurrency=pace.concurrency,
            budget=Budget(pace.max_requests, pace.max_tokens),
            strict=order.strict,
            operations=order.operations,
            search=sent.search,
            models={field: name for field, name in models.items() if name},
            planned=planned,
            progress=advance,
        )
        return asyncio.run(_run(endpoint, model, order, pace, course, sent))


def _say(target: str, plan: Plan, of: int) -> None:
    cost = f"{plan.requests:,} requests and about {plan.tokens:,} tokens at most"
    share = f"{len(plan.scenarios)} of {of} scenarios"
    drawn = f", {plan.at_random.cases:,} requests at random" if plan.at_random.cases else ""
    more = f" ({plan.at_random.more:,} of them to make failures small)" if plan.at_random.more else ""
    print(f"{target}, model {plan.subject.model}: {share}{drawn}, {cost}{more}", file=sys.stderr)


async def _run(endpoint: Endpoint, model: str | None, order: Order, pace: Pace, course: Course, sent: Sent) -> Report:
    async with Probe(endpoint, Limits.within(pace.timeout)) as probe:
        return await run(probe, sent.scenarios, order.checks, model, pace.seed, course)


def header_lines(context: typer.Context, given: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Read the headers that are given as lines."""
    with blaming(context, "header"):
        headers = tuple(_header(line) for line in given)
        Endpoint("http://127.0.0.1", headers=headers)
    return headers


@contextmanager
def reached(context: typer.Context, wanted: Wanted) -> Iterator[tuple[Endpoint, str | None]]:
    """Give the endpoint and the model: of the named target, or of the bundled server, running."""
    headers = header_lines(context, wanted.headers)
    with ExitStack() as stack:
        if wanted.base_url is None:
            with blaming(context, "flaw"):
                server = stack.enter_context(bundled.running(wanted.flaw))
            yield Endpoint(server.base_url, server.api_key, headers, http2=wanted.http2), wanted.model or server.model
            return
        with blaming(context, "flaw"):
            require_no_flaw(wanted)
        with blaming(context, "base-url"):
            Endpoint(wanted.base_url)
        with blaming(context, "api-key"):
            endpoint = Endpoint(wanted.base_url, wanted.api_key, headers, http2=wanted.http2)
        yield endpoint, wanted.model


def require_no_flaw(wanted: Wanted) -> None:
    """Raise UsageError for a flaw of a server that is not ours."""
    if wanted.flaw:
        raise UsageError("flaws are for the bundled server only: leave out the flaw, or the base URL")


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError("a header has the form 'Name: value'")
    return name.strip(), value.strip()
