"""A plan: what was measured, sized, simulated and priced."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from cozecheck.checks.conclusion import TOOL, moment
from cozecheck.findings import Report, Run
from cozecheck.histograms import Histogram
from cozecheck.plan import queueing, sizing
from cozecheck.plan.curve import Curve, curve
from cozecheck.planned import Plan, Replica, Waiting, Wanted

REQUESTS: Final = 20_000
"""Requests that are simulated, after those that fill an empty system."""
WARM: Final = 2_000


@dataclass(frozen=True)
class Course:
    """How a plan is made; *clock* tells seconds since 1970."""

    clock: Callable[[], float]
    seed: int = 0


def run(report: Report, where: str, wanted: Callable[[float, float], Wanted], course: Course) -> Report:
    """Plan from a load report, which stands at *where*; NoVerdictError where it shows no capacity.

    *wanted* is told the tokens in and out that were measured.
    """
    started = course.clock()
    measured = curve(report, where)
    asked = wanted(measured.prompt, measured.output)
    each = sizing.replica(measured, sizing.work(measured, asked))
    replicas = asked.replicas or sizing.needed(asked.qps, each)
    share = sizing.overflow(asked.qps, replicas, each)
    plan = Plan(
        wanted=asked,
        source=where,
        replica=each,
        replicas=replicas,
        overflow=share,
        waiting=waiting(measured, each, asked.qps * (1 - share), replicas, course.seed),
        cost=sizing.cost(asked, replicas, share),
        assumptions=tuple(sizing.assumptions(measured, asked)),
    )
    return Report(
        kind="plan",
        tool=TOOL,
        target=report.target,
        run=Run(moment(started), round(course.clock() - started, 3), course.seed),
        checks=(),
        findings=(),
        notes=plan.assumptions,
        plan=plan,
    )


def waiting(measured: Curve, each: Replica, qps: float, replicas: int, seed: int) -> Waiting:
    """Simulate what stays with the replicas."""
    random, slots = Random(seed), each.slots * replicas  # noqa: S311 - the same plan for the same seed
    services = list(islice(queueing.drawn(measured.times, each.seconds, random), WARM + REQUESTS))
    found = queueing.waits(queueing.poisson(qps, random, WARM + REQUESTS), services, slots)
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
