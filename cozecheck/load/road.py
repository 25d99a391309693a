"""A load run: the generator started and followed, its samples judged, a report made."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cozecheck import measured, recordings
from cozecheck.checks import Check
from cozecheck.checks.conclusion import conclude
from cozecheck.checks.judging import Bench
from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange
from cozecheck.findings import Report, Target
from cozecheck.load import measuring, queue, verdict
from cozecheck.load import order as ordering
from cozecheck.load.gauges import Gauges
from cozecheck.load.health import health
from cozecheck.load.order import Asked, Decided
from cozecheck.load.result import Result, read
from cozecheck.load.running import Crew, Ended, Generator, Stop, generator
from cozecheck.meeting import Met, meet, secrets
from cozecheck.probe import Probe

ORDER_VARIABLE = "COZECHECK_LOAD"
SAMPLES = "samples.jsonl"


@dataclass(frozen=True)
class Course:
    """How a run goes about it; *clock* tells seconds since 1970."""

    clock: Callable[[], float]
    timeout: float = 60.0
    seed: int = 0
    strict: bool = False
    command: tuple[str, ...] = field(default_factory=lambda: generator(Crew()))
    """Runs the generator."""
    met: Callable[[Met], None] = lambda _: None
    watch: Callable[[Mapping[str, Any]], None] = lambda _: None
    """Told of each second."""
    judging: Callable[[int], None] = lambda _: None
    """Told of each sample."""


async def run(
    probe: Probe,
    load: Decided,
    checks: Sequence[Check],
    models: Mapping[str, str],
    baseline: measured.Load | None,
    course: Course,
) -> Report:
    """Put a target under load; raise NoVerdictError where it is not there. Cancelled, it keeps what was done."""
    started = course.clock()
    met = await meet(
        probe, models.get("model"), course.seed, {name: models[name] for name in models if name != "model"}
    )
    course.met(met)
    with TemporaryDirectory(prefix="cozecheck-load-") as name:
        folder = Path(name)
        drive = await _drive(probe, load, met, folder, course)
        result = read(folder)
        if result is None or not result.tally().counts["finished"]:
            raise NoVerdictError(_nothing(drive.ended))
        bench = Bench(checks)
        sampled = _judge(bench, _samples(folder), course.judging)
    return _report(result, drive, load, bench, sampled, baseline, met, probe, started, course)


@dataclass(frozen=True)
class _Drive:
    """How the generator ended, when it began, and what the target said of its queue meanwhile."""

    ended: Ended
    gauges: tuple[tuple[float, Gauges], ...]


async def _drive(probe: Probe, load: Decided, met: Met, folder: Path, course: Course) -> _Drive:
    asked = Asked(met.subject.model, met.subject.embedding_model)
    path = folder / "order.json"
    what = ordering.order(load, probe.endpoint, asked, timeout=course.timeout, seed=course.seed, folder=folder)
    path.write_text(json.dumps(what), "utf-8")
    environment = {ORDER_VARIABLE: str(path), **ordering.secrets(probe.endpoint)}
    gauges: list[tuple[float, Gauges]] = []
    looking = asyncio.create_task(queue.sample(probe, course.clock, lambda at, seen: gauges.append((at, seen))))
    try:
        with Generator(course.command, folder, environment) as running:
            ended = await running.follow(course.watch, lambda: queue.is_there(probe))
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
    return _Drive(ended, tuple(gauges))


def _nothing(ended: Ended) -> str:
    """Say why there is nothing to conclude from."""
    if ended.stop is Stop.INTERRUPTED:
        return "interrupted before any request ended"
    if ended.crash:
        return f"the load generator failed: {ended.crash}"
    return f"no request ended, so there is nothing to judge ({ended.last_words or 'the generator said nothing'})"


def _samples(folder: Path) -> Iterator[Exchange]:
    path = folder / SAMPLES
    if path.exists():
        for number, recording in enumerate(recordings.read(path), 1):
            yield replace(recording.exchange, id=f"{number:05}", scenario="load")


def _judge(bench: Bench, samples: Iterable[Exchange], judged: Callable[[int], None]) -> int:
    count = 0
    for count, exchange in enumerate(samples, 1):
        bench.judge(exchange)
        judged(count)
    return count


def _report(
    result: Result,
    drive: _Drive,
    load: Decided,
    bench: Bench,
    sampled: int,
    baseline: measured.Load | None,
    met: Met,
    probe: Probe,
    started: float,
    course: Course,
) -> Report:
    counts = result.tally().counts
    seen = health(result.health, counts, is_open=load.profile.shape.is_open, crash=drive.ended.crash)
    found, noted = tuple(measuring.errors(result)), tuple(measuring.observations(result))
    gone_after = result.seconds if drive.ended.stop is Stop.GONE else None
    everything = verdict.conclude(result, load.slos, seen, found, noted, baseline, gone_after).values()
    report = conclude(
        bench,
        kind="load",
        target=Target(base_url=probe.endpoint.base_url, model=met.subject.model),
        started=started,
        seconds=course.clock() - started,
        requests=counts["finished"] + met.requests,
        tokens=counts["tokens_in"] + counts["tokens_out"] + met.tokens,
        seed=course.seed,
        interrupted=drive.ended.stop is Stop.INTERRUPTED,
        strict=course.strict,
        masked=load.is_recorded,
        secrets=secrets(probe.endpoint),
        notes=tuple(_notes(drive.ended, result)),
    )
    return replace(
        report,
        checks=(*(each.result for each in everything), *report.checks),
        findings=(*(finding for each in everything for finding in each.findings), *report.findings),
        load=measured.Load(
            profile=load.profile.name,
            shape=load.profile.shape.kind,
            seconds=result.seconds,
            mix=tuple(measured.Weight(operation, weight) for operation, weight in load.profile.mix.items()),
            totals=measuring.totals(result, sampled),
            measures=tuple(measuring.measures(result)),
            slos=tuple(each.promise for each in everything if each.promise),
            errors=found,
            series=tuple(measuring.seconds(result, drive.gauges)),
            health=seen,
            workers=tuple(measuring.workers(result)),
            observations=noted,
            capacity=measuring.capacity(result),
            definitions=tuple(measured.Definition(*each) for each in measured.DEFINITIONS.items()),
        ),
    )


def _notes(ended: Ended, result: Result) -> Iterator[str]:
    if ended.stop is Stop.GONE:
        yield f"the run ended early, after {result.seconds:.0f} s: the target answered no more and took no connections"
    for worker in result.workers:
        if worker["lost_at"] is not None:
            yield f"worker {worker['id']} was lost {worker['lost_at']:.0f} s into the run; the others took its share"
