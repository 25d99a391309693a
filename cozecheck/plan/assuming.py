"""What a plan takes for granted, and what its load did not show, in words."""

import math
from collections.abc import Iterator
from typing import Final

from cozecheck.plan.curve import Curve
from cozecheck.plan.levels import DEVIATIONS
from cozecheck.planned import THRESHOLD, Replica, Wanted

FAR: Final = 2
"""Times as many tokens as measured: beyond, scaling is a guess."""


def assumptions(curve: Curve, wanted: Wanted, each: Replica) -> Iterator[str]:
    """Yield a sentence each."""
    yield (
        f"one replica is what was measured: {curve.rate:,.4g} answers/s, for which {curve.crowd:,.4g} in flight were "
        "enough: so many are taken for what it works on at once"
    )
    if curve.is_bound:
        yield (
            "no load was measured that it does not hold: it may hold more, and fewer replicas may do; "
            "`cozecheck load stress` tells"
        )
    if not curve.has_slos:
        yield "that load had no SLOs: that it holds means that nothing failed, however long it took"
    yield from _sizes(curve, wanted)
    yield (
        f"a request is worked on for {each.seconds:,.3g} s on average however few there are, and as unevenly as "
        f"measured then (lognormal, its p95 {math.exp(DEVIATIONS * curve.spread):,.3g} times its median)"
    )
    yield "replicas do not slow each other down; a request that waits gets the first free place on any of them"
    yield f"requests come on their own (Poisson), {wanted.qps:,.4g} a second at every moment"
    yield f"a replica is planned up to {THRESHOLD:.0%} of what it holds; what is more goes to the commercial API"
    if wanted.replica_price is not None:
        yield "a replica costs the same, busy or not"


def _sizes(curve: Curve, wanted: Wanted) -> Iterator[str]:
    sizes = (("in", curve.prompt, wanted.prompt), ("out", curve.output, wanted.output))
    known = [f"{measured:,.0f} {way}" for way, measured, _ in sizes if measured]
    if known:
        yield f"tokens of a request as measured, on average of all: {', '.join(known)}"
    for way, measured, asked in sizes:
        if not measured:
            what = (
                f": {asked:,.0f} are priced, and taken to last as long as those measured"
                if asked
                else ", and none are priced"
            )
            yield f"the load does not tell how many tokens went {way}{what}"
    if any(measured and not 1 / FAR <= asked / measured <= FAR for _, measured, asked in sizes):
        yield "that is far from what is planned for: a load with `[prompts]` and `[outputs]` of that size tells more"
    if curve.first and curve.each and curve.output:
        yield (
            f"the time to the first token ({curve.first * 1000:,.3g} ms) grows with the prompt, and each further token "
            f"takes as long as measured ({curve.each * 1000:,.3g} ms)"
        )
    elif known:
        yield "no stream was measured, so the time of an answer is taken to grow with all of its tokens"
