"""When requests are due: pure functions of stages, seeds and time."""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from generator.order import Stage

STEP = 0.05
"""Seconds for which a rate is taken as constant."""

Rate = Callable[[float], float | None]
"""Seconds since the start to requests a second; None at the end."""


def level(stages: Sequence[Stage], elapsed: float) -> float | None:
    """Return users or rate after *elapsed* seconds; None at the end of the last stage."""
    before = 0.0
    for stage in stages:
        if elapsed < stage.seconds:
            if elapsed < stage.ramp:
                return before + (stage.level - before) * elapsed / stage.ramp
            return stage.level
        elapsed -= stage.seconds
        before = stage.level
    return None


def seconds(stages: Sequence[Stage]) -> float:
    """Return how long they last together."""
    return sum(stage.seconds for stage in stages)


def due(rate: Rate, since: float, until: float) -> tuple[float, float]:
    """Return how many requests become due between two times, and in how many seconds of it any do."""
    requests = pressed = 0.0
    while since < until and (per_second := rate(since)) is not None:
        step = min(STEP, until - since)
        requests, pressed, since = requests + per_second * step, pressed + step, since + step
    return requests, pressed


def constant(rate: Rate, phase: float = 0.0) -> Iterator[float]:
    """Yield when requests are due that are evenly spread; *phase* of a gap passes before the first."""
    return _spread(rate, iter(lambda: 1.0, None), phase)


def poisson(rate: Rate, random: Random) -> Iterator[float]:
    """Yield when requests are due that do not know of each other."""
    return _spread(rate, iter(lambda: random.expovariate(1.0), None), random.expovariate(1.0))


def _spread(rate: Rate, gaps: Iterator[float], first: float) -> Iterator[float]:
    """Walk through time until as many requests have become due as a gap is wide."""
    now, left = 0.0, first
    while (per_second := rate(now)) is not None:
        if per_second * STEP < left:
            now += STEP
            left -= per_second * STEP
        else:
            now += left / per_second if left else 0.0
            yield now
            left = next(gaps)
