"""A plan: what was measured, sized, simulated and priced."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from cozecheck.checks.conclusion import TOOL, moment
from cozecheck.errors import NoVerdictError
from cozecheck.findings import Report, Run
from cozecheck.histograms import Histogram
from cozecheck.plan import queueing, sizing
from cozecheck.plan.assuming import assumptions
from cozecheck.plan.curve import Curve, curve
from cozecheck.planned import Plan, Replica, Waiting, Wanted

WARM: Final = 2_000
"""Requests that fill an empty system, and do not count.

Too few to fill more than some hundred slots; but with so many nobody waits up to the threshold.
"""


@dataclass(frozen=True)
class Course:
    """How a plan is made; *clock* tells seconds since 1970."""

    clock: Callable[[], float]
    seed: int = 0
    requests: int = 50_000
    """How many are simulated."""


def run(report: Report, where: str, wanted: Callable[[float, float], Wanted], course: Course) -> Report:
    """Plan from a load report, which stands at *where*; NoVerdictError where it shows no capacity.

    *wanted* is told the tokens in and out that were measured.
    """
    started = course.clock()
    try:
        made = _plan(report, where, wanted, course)
    except ArithmeticError as error:
        raise NoVerdictError(f"{where}: holds numbers that no load measures: {error}") from None
    return Report(
        kind="plan",
        tool=TOOL,
        target=report.target,
        run=Run(moment(started), round(course.clock() - started, 3), course.seed),
        checks=(),
        findings=(),
        notes=made.assumptions,
        plan=made,
    )


def _plan(report: Report, where: str, wanted: Callable[[float, float], Wanted], course: Course) -> Plan:
    measured = curve(report, where)
    asked = wanted(measured.prompt, measured.output)
    each = sizing.replica(measured, sizing.work(measured, asked))
    replicas = asked.replicas or sizing.needed(asked.qps, each)
    share = sizing.overflow(asked.qps, replicas, each)
    return Plan(
        wanted=asked,
        source=where,
        replica=each,
        replicas=replicas,
        overflow=share,
        waiting=waiting(measured, each, asked.qps * (1 - share), replicas, course),
        cost=sizing.cost(asked, replicas, share),
        assumptions=(*assumptions(measured, asked, each), simulated(course)),
    )


def simulated(course: Course) -> str:
    """Say how waiting was found, and how sure it is."""
    return (
        f"waiting is simulated with {course.requests:,} requests (seed {course.seed}); "
        "with another seed its mean differs by a tenth or so"
    )


def waiting(measured: Curve, each: Replica, qps: float, replicas: int, course: Course) -> Waiting:
    """Simulate what stays with the replicas."""
    random, slots = Random(course.seed), each.slots * replicas  # noqa: S311 - the same plan for the same seed
    count = WARM + course.requests
    services = list(islice(queueing.drawn(each.seconds, measured.spread, random), count))
    found = queueing.waits(queueing.poisson(qps, random, count), services, slots)
    waits, whole = Histogram(), Histogram()
    waits.record_all(found[WARM:])
    whole.record_all(wait + service for wait, service in zip(found[WARM:], services[WARM:], strict=True))
    p95, p99 = waits.percentiles(95, 99)
    return Waiting(
        busy=qps * each.seconds / slots,
        waits=waits.share_above(1e-6),
        mean=waits.mean(),
        p95=p95,
        p99=p99,
        e2e_p95=whole.percentile(95),
    )
