"""From a load report to what one replica holds: a pure function."""

from dataclasses import dataclass
from math import inf
from typing import Final

from cozecheck.errors import NoVerdictError
from cozecheck.findings import Outcome, Report
from cozecheck.measured import ALL, Load, Measure
from cozecheck.plan.levels import LEAST, Level, levels, spread

KNEE: Final = 0.9
"""The least load with this share of the best rate fills the target; under more, requests only wait longer.

As near as a search closes in, and room for the moment between an answer and its user's next request.
"""
AGAIN: Final = "run `cozecheck load stress`, which finds the capacity by itself"


@dataclass(frozen=True, slots=True)
class Curve:
    """What was measured of one replica, while it kept its SLOs."""

    rate: float
    """Answers a second at the most."""
    crowd: float
    """Requests in flight that are enough for it."""
    is_bound: bool
    """No load was found that it does not hold."""
    has_slos: bool
    prompt: float
    """Tokens of a request, and of an answer, on average; 0 where none were told."""
    output: float
    first: float
    """Seconds to the first token, and to each next, on average; 0 where no stream told."""
    each: float
    spread: float
    """Standard deviation of the logarithm of an answer's duration."""

    @property
    def seconds(self) -> float:
        """How long a request was in flight, by Little's law."""
        return self.crowd / self.rate


def curve(report: Report, where: str) -> Curve:
    """Read a load report; NoVerdictError, naming *where*, for one that shows no capacity."""
    load = report.load
    if load is None:
        raise NoVerdictError(f"{where}: a report of the kind {report.kind}; one of the kind load is needed")
    if load.health.faults:
        raise NoVerdictError(f"{where}: its generator did not keep up, so it does not show what the target holds")
    held = _held(report, load, where)
    best = max(each.rate for each in held)
    knee = min((each for each in held if each.rate >= KNEE * best), key=lambda each: each.crowd)
    answers = max(load.totals.finished - load.totals.failed, 1)
    tpot, e2e = _measure(load, "tpot"), _measure(load, "e2e")
    overall = spread(e2e.p50, e2e.p95) if e2e else 0.0
    return Curve(
        rate=best,
        crowd=knee.crowd,
        is_bound=load.capacity is None or load.capacity.breaks is None,
        has_slos=bool(load.slos),
        prompt=max(load.totals.tokens_in / answers, 0.0),
        output=max(load.totals.tokens_out / answers, 0.0),
        first=knee.first,
        each=max(tpot.mean, 0.0) if tpot else 0.0,
        spread=overall if knee.spread is None else knee.spread,
    )


def _held(report: Report, load: Load, where: str) -> list[Level]:
    """Return the levels within the SLOs: of a search those that it found to hold, else all of a load that held."""
    found = load.capacity
    if found is None:
        _require_held(report, where)
    elif not found.holds:
        raise NoVerdictError(f"{where}: not even the smallest load held")
    most = found.holds if found else inf
    held = [each for each in levels(load) if each.pressed <= most]
    if not held:
        raise NoVerdictError(f"{where}: shows no {LEAST} seconds of answers to a steady load that held; {AGAIN}")
    return held


def _require_held(report: Report, where: str) -> None:
    own = [each for each in report.checks if each.id.startswith("load.")]
    for each in own:
        if each.outcome is Outcome.FAIL:
            raise NoVerdictError(f"{where}: {each.id} failed under that load, so it shows no capacity; {AGAIN}")
    for each in own:
        if each.outcome in (Outcome.INCONCLUSIVE, Outcome.ERROR):
            raise NoVerdictError(f"{where}: {each.id} is {each.outcome}, so nothing says that the load held; {AGAIN}")


def _measure(load: Load, metric: str) -> Measure | None:
    return next((each for each in load.measures if (each.operation, each.metric) == (ALL, metric)), None)
