"""What a load measured and what a plan came to, as tables of words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cozecheck.findings import Report
from cozecheck.measured import Load, Measure
from cozecheck.render import planning

SHOWN: Final = ("ttft", "itl", "tpot", "e2e", "e2e_intended", "send_lag")
"""The metrics that every format tells; the JSON report has all."""


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a heading, and rows of as many words; *left* columns are words, the rest numbers."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


def tables(report: Report) -> tuple[Table, ...]:
    """Return what there is to tell of a load; nothing for other reports."""
    load = report.load
    if load is None:
        return ()
    everything = (_promises(report, load), _measures(load), _errors(load), _capacity(load), _workers(load))
    return tuple(table for table in everything if table.rows)


def facts(report: Report) -> tuple[tuple[str, str], ...]:
    """Return the whole of a load or of a plan, a name and words each; nothing for other reports."""
    if report.plan:
        return tuple(planning.facts(report.plan))
    return _facts(report.load) if report.load else ()


def _facts(load: Load) -> tuple[tuple[str, str], ...]:
    whole, seen = load.totals, load.health
    goodput = f", {whole.goodput:.2%} within every latency" if whole.goodput is not None else ""
    rate = f"sent {seen.achieved_rate:,.1f} of {seen.target_rate:,.1f} requests/s due, " if seen.target_rate else ""
    return (
        ("load", f"{load.profile} ({load.shape}), {load.seconds:,.0f} s, {mixture(load)}"),
        (
            "answers",
            f"{whole.finished - whole.failed:,} of {whole.finished:,} requests, {whole.failed:,} failed{goodput}",
        ),
        (
            "throughput",
            f"{whole.throughput:,.1f} answers/s, {whole.tokens_out / (load.seconds or 1):,.0f} tokens/s out",
        ),
        ("judged", f"{whole.sampled:,} sampled exchanges, {whole.canaries:,} canaries that came home"),
        (
            "generator",
            f"{rate}loop {ms(seen.loop_lag_p99)} late (p99), {seen.cpu:.0%} of a core at most, "
            f"{seen.coalesced:.1%} of events shared a read",
        ),
    )


def mixture(load: Load) -> str:
    """Name the operations, each with its weight."""
    return ", ".join(f"{each.weight:g} {each.operation}" for each in load.mix)


def ms(seconds: float) -> str:
    """Write seconds as they are read best."""
    return f"{seconds:,.2f} s" if seconds >= 10 else f"{seconds * 1000:,.{0 if seconds >= 0.1 else 2}f} ms"


def _promises(report: Report, load: Load) -> Table:
    outcomes = {check.id: check.outcome.value for check in report.checks}
    rows = tuple(
        (
            each.slo,
            outcomes.get(each.id, ""),
            _value(each.slo, each.value),
            f"{_value(each.slo, each.low)} to {_value(each.slo, each.high)}" if each.low is not None else "-",
            f"{each.count:,}",
        )
        for each in load.slos
    )
    return Table("SLOs", ("slo", "outcome", "measured", "95 % interval", "of"), rows, left=2)


def _value(slo: str, value: float | None) -> str:
    """Write a measure in its own unit, which its SLO tells."""
    if value is None:
        return "-"
    subject = slo.split(maxsplit=1)[0].rpartition(".")[2]
    if subject in ("error_rate", "goodput"):
        return f"{value:.2%}"
    return f"{value:,.1f}/s" if subject in ("throughput", "tokens_in", "tokens_out") else ms(value)


def _measures(load: Load) -> Table:
    rows = tuple(_measure(each) for each in load.measures if each.metric in SHOWN and (each.p50 or each.max))
    head = ("operation", "metric", "count", "p50", "p90", "p95", "p99", "mean", "max")
    return Table("Latencies", head, rows, left=2)


def _measure(each: Measure) -> tuple[str, ...]:
    numbers = (each.p50, each.p90, each.p95, each.p99, each.mean, each.max)
    return (each.operation, each.metric, f"{each.count:,}", *map(ms, numbers))


def _errors(load: Load) -> Table:
    rows = tuple((each.kind, each.operation, each.detail or "-", f"{each.count:,}") for each in load.errors)
    return Table("Errors", ("kind", "operation", "what", "count"), rows, left=3)


def _capacity(load: Load) -> Table:
    return Table("Capacity", ("level", "good", "of", "holds", "why"), tuple(_steps(load)), left=0)


def _steps(load: Load) -> Iterator[tuple[str, ...]]:
    if load.capacity is None:
        return
    for step in load.capacity.steps:
        yield f"{step.level:,.4g}", f"{step.good:,}", f"{step.total:,}", "yes" if step.holds else "no", step.why
    breaks = "nothing broke" if load.capacity.breaks is None else f"{load.capacity.breaks:,.4g} does not"
    yield f"{load.capacity.holds:,.4g}", "", "", "holds", breaks


def _workers(load: Load) -> Table:
    several = load.workers if len(load.workers) > 1 else ()
    rows = tuple(
        (each.id, f"{each.requests:,}", "-" if each.lost_at is None else f"lost after {each.lost_at:,.0f} s")
        for each in several
    )
    return Table("Workers", ("worker", "requests", "lost"), rows)
