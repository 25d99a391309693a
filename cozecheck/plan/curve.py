"""From a load report to what one replica holds: a pure function."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from cozecheck.errors import NoVerdictError
from cozecheck.findings import Outcome, Report
from cozecheck.histograms import Histogram
from cozecheck.measured import ALL, Load

WINDOW: Final = 5
"""Seconds over which throughput is taken together."""
AGAIN: Final = "run `cozecheck load stress`, which finds the capacity by itself"


@dataclass(frozen=True, slots=True)
class Curve:
    """What was measured of one replica, while it kept its SLOs."""

    rate: float
    """Answers a second at the most."""
    crowd: float
    """Requests in flight then."""
    is_bound: bool
    prompt: float
    """Tokens of a request, and of an answer, on average."""
    output: float
    first: float
    """Seconds to the first token, and to each next, on average; 0 where no stream told."""
    each: float
    times: Histogram
    """How long answers took."""

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
    rate, crowd = _held(report, load, where)
    answers = max(load.totals.finished - load.totals.failed, 1)
    return Curve(
        rate=rate,
        crowd=max(crowd, 1.0),
        is_bound=load.capacity is None or load.capacity.breaks is None,
        prompt=load.totals.tokens_in / answers,
        output=load.totals.tokens_out / answers,
        first=_mean(load, "ttft"),
        each=_mean(load, "tpot"),
        times=_times(load, where),
    )


def _held(report: Report, load: Load, where: str) -> tuple[float, float]:
    """Return answers a second, and how many were in flight, in the best stretch that held."""
    if load.capacity is None and any(each.outcome is Outcome.FAIL for each in report.checks):
        raise NoVerdictError(f"{where}: something failed under that load, so it shows no capacity; {AGAIN}")
    if load.capacity is not None and not load.capacity.holds:
        raise NoVerdictError(f"{where}: not even the smallest load held")
    stretches = list(_stretches(load))
    if not stretches:
        raise NoVerdictError(f"{where}: shows no {WINDOW} seconds in a row at what held; {AGAIN}")
    return max(stretches)


def _stretches(load: Load) -> Iterator[tuple[float, float]]:
    """Yield the rate and crowd of every window without a failure; of a search, at no more than what held."""
    series, most = load.series, load.capacity.holds if load.capacity else inf
    pressed = [each.started if load.health.target_rate else each.users for each in series]
    for begin in range(len(series) - WINDOW):
        window = series[begin : begin + WINDOW]
        rate = sum(each.finished for each in window) / (window[-1].at - series[begin - 1].at if begin else WINDOW)
        beyond = max(pressed[begin : begin + WINDOW]) > most
        if rate and not beyond and not any(each.failed for each in window):
            yield rate, sum(each.in_flight for each in window) / WINDOW


def _mean(load: Load, metric: str) -> float:
    return next((each.mean for each in load.measures if (each.operation, each.metric) == (ALL, metric)), 0.0)


def _times(load: Load, where: str) -> Histogram:
    for each in load.measures:
        if (each.operation, each.metric) == (ALL, "e2e"):
            try:
                return Histogram.from_text(each.histogram)
            except ValueError as error:
                raise NoVerdictError(f"{where}: load.measures: {error}") from None
    raise NoVerdictError(f"{where}: holds no answer's duration")
