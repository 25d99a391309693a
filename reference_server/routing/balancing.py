"""Which engine of a pool is asked first, and which ones after it."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from heapq import nlargest
from itertools import islice
from math import log
from types import MappingProxyType

from reference_server.routing.draws import BITS, Draw, pairings
from reference_server.routing.snapshot import EngineState, Ready

WORST_ERRORS = 0.99
"""An engine that always fails counts as a hundred times slower, not as infinitely slow."""
UNIT = 2.0**-BITS


class Balancing(Enum):
    """How requests are spread over the engines of a pool."""

    WEIGHTED = "weighted"
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"
    P2C_EWMA = "p2c_ewma"
    SESSION = "session"


def order(balancing: Balancing, ready: Ready, draw: Draw, session: int | None, most: int) -> list[EngineState]:
    """Return at most `most` engines, the first to try first; the same arguments, the same order."""
    if balancing is Balancing.SESSION and session is not None:
        return by_session(ready, session, most)
    if len(ready.engines) < 2:
        return list(ready.engines[:most])
    return ORDERS[balancing](ready, draw, most)


def weighted(ready: Ready, draw: Draw, most: int) -> list[EngineState]:
    """Give each engine its share, evenly: after any number of turns no engine is far from it."""
    first = min(bisect_right(ready.upto, draw.spread() * ready.upto[-1]), len(ready.engines) - 1)
    return from_index(ready.engines, first, most)


def round_robin(ready: Ready, draw: Draw, most: int) -> list[EngineState]:
    """Take one after the other."""
    return from_index(ready.engines, draw.turn % len(ready.engines), most)


def least_busy(ready: Ready, draw: Draw, most: int) -> list[EngineState]:
    """Take the least busy, and the next one for the next decision on the same snapshot."""
    # A snapshot does not see what was decided on it; without this, all of that would go to one engine.
    return from_index(ready.ranked, draw.since % len(ready.ranked), most)


def two_choices(ready: Ready, draw: Draw, most: int) -> list[EngineState]:
    """Draw two engines, and take the one that will be done sooner."""
    count = len(ready.engines)
    one = draw.below(count)
    other = (one + 1 + draw.below(count - 1, salt=1)) % count
    better, worse = (one, other) if sooner(ready.engines[one], ready.engines[other]) else (other, one)
    third = (index % count for index in range(one + 1, one + count) if index % count != other)
    return [ready.engines[index] for index in (better, worse, *islice(third, max(0, most - 2)))][:most]


def sooner(one: EngineState, other: EngineState) -> bool:
    """Tell whether `one` is at least as good: by latency, load and errors; a latency that is not known is left out."""
    if one.latency is None or other.latency is None:
        return cost(one, 1.0) <= cost(other, 1.0)
    return cost(one, one.latency) <= cost(other, other.latency)


def cost(engine: EngineState, latency: float) -> float:
    """Return the seconds to expect until an answer that is not an error."""
    # An engine that fails at once is never busy: without its errors it would draw everything to it.
    return latency * (1 + engine.busyness) / (1 - min(engine.error_ratio, WORST_ERRORS))


def by_session(ready: Ready, session: int, most: int) -> list[EngineState]:
    """Take the engine that goes with the session, by weighted rendezvous hashing.

    One engine more or less moves only the sessions that it wins or loses.
    """
    scores: Sequence[float] = pairings(session, ready.keys)
    if not ready.alike:
        # The larger the weight the oftener its score is the largest, in proportion; a score is below 0.
        scores = [log(score * UNIT + UNIT) / weight for score, weight in zip(scores, ready.weights, strict=True)]
    return [ready.engines[index] for index in nlargest(most, range(len(scores)), key=scores.__getitem__)]


def from_index(engines: tuple[EngineState, ...], first: int, most: int) -> list[EngineState]:
    """Return engines from an index on, and on from the start."""
    chosen = engines[first : first + most]
    return [*chosen, *engines[: min(first, most - len(chosen))]]


ORDERS: Mapping[Balancing, Callable[[Ready, Draw, int], list[EngineState]]] = MappingProxyType(
    {
        Balancing.WEIGHTED: weighted,
        Balancing.ROUND_ROBIN: round_robin,
        Balancing.LEAST_BUSY: least_busy,
        Balancing.P2C_EWMA: two_choices,
        Balancing.SESSION: two_choices,
    }
)
