"""Replicas, overflow and money: arithmetic on what was measured."""

import math
from typing import Final

from cozecheck.plan.curve import Curve
from cozecheck.planned import THRESHOLD, Cost, Replica, Wanted

MILLION: Final = 1_000_000
HOUR: Final = 3600
"""Seconds."""
ROUNDING: Final = 1e-9


def work(curve: Curve, wanted: Wanted) -> float:
    """Return how much longer a request takes than one that was measured, as a factor.

    A size that was not measured cannot be scaled, and counts as measured.
    """
    if curve.first and curve.each and curve.output:
        measured = curve.first + curve.each * max(curve.output - 1, 0)
        prompt = wanted.prompt / curve.prompt if curve.prompt else 1
        return (curve.first * prompt + curve.each * max(wanted.output - 1, 0)) / measured
    sizes = ((curve.prompt, wanted.prompt), (curve.output, wanted.output))
    known = [(measured, asked) for measured, asked in sizes if measured]
    return sum(asked for _, asked in known) / sum(measured for measured, _ in known) if known else 1.0


def replica(curve: Curve, factor: float) -> Replica:
    """Return what one replica holds of requests that take *factor* times as long."""
    rate, slots = curve.rate / factor, max(1, math.ceil(curve.crowd - ROUNDING))
    return Replica(rate, rate * THRESHOLD, slots, curve.seconds * factor, is_bound=curve.is_bound)


def needed(qps: float, each: Replica) -> int:
    """Return how many replicas it takes."""
    return max(1, math.ceil(qps / each.usable - ROUNDING))


def overflow(qps: float, replicas: int, each: Replica) -> float:
    """Return the share of requests that is more than so many hold."""
    return max(0.0, 1 - replicas * each.usable / qps)


def cost(wanted: Wanted, replicas: int, share: float) -> Cost:
    """Return what an hour costs; *share* of the requests goes to the commercial API."""
    own = None if wanted.replica_price is None else replicas * wanted.replica_price
    if wanted.price_in is None or wanted.price_out is None or not (wanted.prompt or wanted.output):
        return Cost(own, None, None, None)
    request = (wanted.prompt * wanted.price_in + wanted.output * wanted.price_out) / MILLION
    commercial = wanted.qps * HOUR * request
    even = wanted.replica_price / (HOUR * request) if wanted.replica_price is not None and request else None
    return Cost(own, commercial * share, commercial, even)
