"""What a load measured at each level of pressure: the curve's points."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Final

from cozecheck.intervals import FEWEST
from cozecheck.measured import Load, Second

LEAST: Final = 5
"""Seconds that a level must have lasted to say anything."""
DEVIATIONS: Final = 1.645
"""From the median of a normal distribution to its p95."""


@dataclass(frozen=True, slots=True)
class Level:
    """A steady load: users, or requests a second where those were searched for; 0 of any other open loop."""

    pressed: float
    rate: float
    """Good answers a second."""
    crowd: float
    """Requests that the target worked on, by its own word; else those in flight."""
    first: float
    """Seconds to the first token; 0 where no stream told."""
    spread: float | None
    """Standard deviation of the logarithm of an answer's duration; None of too few."""


def levels(load: Load) -> Iterator[Level]:
    """Yield those that lasted long enough and had good answers."""
    held = defaultdict[float, list[tuple[Second, float]]](list)
    for before, each in pairwise(_pressed(load.series)):
        if before.users == each.users:  # else it is a second of two levels
            held[_level(load, each)].append((each, each.at - before.at))
    for pressed, spans in held.items():
        seconds, lasted = [each for each, _ in spans], sum(span for _, span in spans)
        good = sum(each.finished - each.failed for each in seconds)
        if len(spans) >= LEAST and good > 0 and lasted > 0:
            yield Level(pressed, good / lasted, _crowd(seconds, good / lasted), _first(seconds), _spread(seconds))


def _pressed(series: Sequence[Second]) -> Sequence[Second]:
    """Return the series up to the last request that was sent: then it only drains."""
    return series[: max((number for number, each in enumerate(series, 1) if each.started), default=0)]


def _level(load: Load, second: Second) -> float:
    if not load.health.target_rate:
        return second.users
    steps = load.capacity.steps if load.capacity else ()
    return min((each.level for each in steps), key=lambda level: abs(level - second.started), default=0.0)


def _crowd(seconds: Sequence[Second], rate: float) -> float:
    seen = fmean(each.in_flight if each.running is None else each.running for each in seconds)
    # Answers so quick that no second saw one in flight: Little's law.
    return max(seen, 0.0) or rate * _mean(each.e2e_p50 for each in seconds) or 1.0


def _first(seconds: Sequence[Second]) -> float:
    return _mean(each.ttft_p50 for each in seconds)


def _mean(values: Iterator[float | None]) -> float:
    known = [each for each in values if each is not None]
    return max(fmean(known), 0.0) if known else 0.0


def _spread(seconds: Sequence[Second]) -> float | None:
    of_enough = ((each.e2e_p50, each.e2e_p95) for each in seconds if each.finished >= FEWEST)
    found = [spread(p50, p95) for p50, p95 in of_enough if p50 and p95]
    return fmean(found) if found else None


def spread(p50: float, p95: float) -> float:
    """Return that of the lognormal distribution with these percentiles."""
    return math.log(p95 / p50) / DEVIATIONS if p95 > p50 > 0 else 0.0
