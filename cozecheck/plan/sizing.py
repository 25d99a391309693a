"""Replicas, overflow and money: arithmetic on what was measured."""

import math
from collections.abc import Iterator

from cozecheck.plan.curve import Curve
from cozecheck.planned import THRESHOLD, Cost, Replica, Wanted

MILLION = 1_000_000
HOUR = 3600


def work(curve: Curve, wanted: Wanted) -> float:
    """Return how much longer a request takes than one that was measured, as a factor."""
    if curve.first and curve.each and curve.prompt:
        measured = curve.first + curve.each * max(curve.output - 1, 0)
        asked = curve.first * wanted.prompt / curve.prompt + curve.each * max(wanted.output - 1, 0)
        return asked / measured
    size = curve.prompt + curve.output
    return (wanted.prompt + wanted.output) / size if size else 1.0


def replica(curve: Curve, factor: float) -> Replica:
    """Return what one replica holds of requests that take *factor* times as long."""
    rate = curve.rate / factor
    return Replica(rate, rate * THRESHOLD, max(1, round(curve.crowd)), curve.seconds * factor, is_bound=curve.is_bound)


def needed(qps: float, each: Replica) -> int:
    """Return how many replicas it takes."""
    return max(1, math.ceil(qps / each.usable - 1e-9))


def overflow(qps: float, replicas: int, each: Replica) -> float:
    """Return the share of requests that is more than so many hold."""
    return max(0.0, 1 - replicas * each.usable / qps)


def cost(wanted: Wanted, replicas: int, share: float) -> Cost:
    """Return what an hour costs; *share* of the requests goes to the commercial API."""
    own = None if wanted.replica_price is None else replicas * wanted.replica_price
    if wanted.price_in is None or wanted.price_out is None:
        return Cost(own, None, None, None)
    request = (wanted.prompt * wanted.price_in + wanted.output * wanted.price_out) / MILLION
    commercial = wanted.qps * HOUR * request
    even = wanted.replica_price / (HOUR * request) if wanted.replica_price is not None and request else None
    return Cost(own, commercial * share, commercial, even)


def assumptions(curve: Curve, wanted: Wanted) -> Iterator[str]:
    """Say what the plan takes for granted."""
    yield (
        f"one replica is what was measured: {curve.rate:,.4g} answers/s with {curve.crowd:,.4g} in flight, "
        f"{curve.prompt:,.0f} tokens in and {curve.output:,.0f} out each"
    )
    if curve.is_bound:
        yield "nothing broke when it was measured: it may hold more, and fewer may do; `cozecheck load stress` tells"
    if curve.first and curve.each:
        yield (
            f"the time to the first token ({curve.first * 1000:,.3g} ms) grows with the prompt, and each further token "
            f"takes as long as measured ({curve.each * 1000:,.3g} ms)"
        )
    else:
        yield "no stream was measured, so the time of an answer is taken to grow with all of its tokens"
    yield "replicas do not slow each other down, and requests are spread evenly"
    yield f"requests come on their own (Poisson), {wanted.qps:,.4g} a second; an hour is {HOUR} s of that"
    yield f"a replica is planned up to {THRESHOLD:.0%} of what it holds; what is more goes to the commercial API"
