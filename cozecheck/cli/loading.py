"""A load run, as the command line wants it: profile, SLOs, generators, target."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from cozecheck import load as road
from cozecheck.cli import live, reports, ticking
from cozecheck.cli.options import blaming
from cozecheck.cli.selection import Order
from cozecheck.errors import UsageError
from cozecheck.findings import Report
from cozecheck.load import profiles
from cozecheck.measured import Load
from cozecheck.meeting import Met
from cozecheck.probe import Endpoint, Limits, Probe


@dataclass(frozen=True)
class Wish:
    """What to send, from how many processes, and what it is held against."""

    decided: road.Decided
    crew: road.Crew
    before: Load | None
    """What an earlier load measured."""
    embedding_model: str | None
    timeout: float
    seed: int


def wish(
    context: typer.Context,
    *,
    name: str,
    slo: Sequence[str],
    duration: float | None = None,
    users: int | None = None,
    rate: float | None = None,
    sample: float | None = None,
    traffic: Path | None = None,
    reference: Path | None = None,
    crew: tuple[int, int, str, int] | tuple[()] = (),
    embedding_model: str | None,
    timeout: float,
    seed: int,
) -> Wish:
    """Check everything that can be checked before anything is sent; raises UsageError naming the place."""
    changes = road.Changes(duration, users, rate, sample, tuple(slo), traffic)
    with blaming(context, "slo"):
        road.parse_all(changes.slos)
    decided = road.decide(profiles.named(name), changes)
    with blaming(context, "expect-workers"):
        workers = road.Crew(*crew)
    with blaming(context, "reference"):
        before = _measured(reference) if reference else None
        road.require_baseline(decided.slos, before)
    return Wish(decided, workers, before, embedding_model, timeout, seed)


def load(
    context: typer.Context, target: live.Wanted, wish: Wish, order: Order, *, quiet: bool, progress: bool
) -> Report:
    """Put the target that is wanted under the load that is wished."""

    def met(found: Met) -> None:
        if not quiet:
            print(f"{target.name}, model {found.subject.model}: {road.planned(wish.decided)}", file=sys.stderr)
        if wish.crew.joining:  # nothing goes on without it
            invitation = f"waiting for {wish.crew.joining} to join, each with: {wish.crew.invitation}"
            print(invitation, file=sys.stderr, flush=True)

    lasts = road.lasts(wish.decided)
    with live.reached(context, target) as (endpoint, asked), ticking.shown(lasts, hidden=not progress) as show:
        course = road.Course(
            time.time,
            wish.timeout,
            wish.seed,
            order.strict,
            road.generator(wish.crew),
            met,
            watch=show.second,
            judging=show.judged,
        )
        return asyncio.run(_drive(endpoint, asked, wish, order, course))


async def _drive(endpoint: Endpoint, asked: str | None, wish: Wish, order: Order, course: road.Course) -> Report:
    models = {"model": asked, "embedding_model": wish.embedding_model}
    given = {field: each for field, each in models.items() if each}
    async with Probe(endpoint, Limits.within(wish.timeout)) as probe:
        return await road.run(probe, wish.decided, order.checks, given, wish.before, course)


def _measured(path: Path) -> Load:
    """Read what an earlier load measured."""
    report = reports.read(path)
    if report.load is None:
        raise UsageError(f"{path}: a report of the kind {report.kind}; one of the kind load is expected")
    return report.load
