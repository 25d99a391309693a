"""What is known of every engine at a moment."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, lru_cache
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple

from reference_server.routing.draws import key
from reference_server.routing.overflow import ALL_SIGNALS, Flow, Signal
from reference_server.routing.pools import Pool

engine_key = lru_cache(maxsize=16_384)(key)


class Circuit(Enum):
    """The state of a circuit breaker; the values are those of the metric `engine_state`."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class EngineState(NamedTuple):
    """One engine: requests, requests a second, seconds to the first byte, a share of failures. None is unknown.

    `opens_at` is when a breaker that is open will let requests through again.
    """

    # A named tuple, for a snapshot of a thousand engines is made several times a second.
    name: str
    running: int = 0
    waiting: int = 0
    capacity: int | None = None
    queue_capacity: int | None = None
    qps: float = 0.0
    capacity_qps: float | None = None
    latency: float | None = None
    error_ratio: float = 0.0
    circuit: Circuit = Circuit.CLOSED
    opens_at: float | None = None
    healthy: bool = True

    @property
    def available(self) -> bool:
        """Whether a request may be sent there at all."""
        return self.healthy and self.circuit is not Circuit.OPEN

    @property
    def full(self) -> bool:
        """Whether a request would wait, or be refused."""
        return self.capacity is not None and self.running >= self.capacity

    @property
    def busyness(self) -> float:
        """Requests that it has, as a share of those it can work on; without a known capacity, their number."""
        return (self.running + self.waiting) / (self.capacity or 1)


@dataclass(frozen=True)
class Ready:
    """Engines of a pool that can take a request: those with room if there are any, or else those without.

    Where there are none, `opens_at` is when the first breaker will let requests through. The rest is worked out once.
    """

    engines: tuple[EngineState, ...] = ()
    weights: tuple[float, ...] = ()
    opens_at: float | None = None

    @cached_property
    def ranked(self) -> tuple[EngineState, ...]:
        """The least busy first."""
        return tuple(sorted(self.engines, key=lambda engine: engine.busyness))

    @cached_property
    def upto(self) -> tuple[float, ...]:
        """The sum of weights up to each engine."""
        return tuple(accumulate(self.weights))

    @cached_property
    def keys(self) -> tuple[int, ...]:
        """64 bits for each name."""
        return tuple(engine_key(engine.name) for engine in self.engines)

    @cached_property
    def alike(self) -> bool:
        """Whether all weights are the same."""
        return len(set(self.weights)) < 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All engines at a moment, and which pools flow over. Decisions share it, and what they work out from it."""

    at: float
    engines: Mapping[str, EngineState]
    flows: Mapping[str, Flow] = field(default_factory=dict)
    _ready: dict[str, Ready] = field(default_factory=dict, compare=False, repr=False)

    def ready(self, pool: Pool) -> Ready:
        """Return what can be asked of a pool; worked out once for all decisions."""
        if (found := self._ready.get(pool.name)) is None:
            found = self._ready[pool.name] = ready(pool, self.engines)
        return found


def ready(pool: Pool, engines: Mapping[str, EngineState]) -> Ready:
    """Sort the members of a pool that can be asked."""
    members = [(engines[member.engine], member.weight) for member in pool.serving]
    asked = [(state, weight) for state, weight in members if state.available]
    if not asked:
        times = [state.opens_at for state, _ in members if state.opens_at is not None]
        return Ready(opens_at=min(times, default=None))
    free = [(state, weight) for state, weight in asked if not state.full] or asked
    return Ready(tuple(state for state, _ in free), tuple(weight for _, weight in free))


def load(pool: Pool, engines: Mapping[str, EngineState], signals: Iterable[Signal] = ALL_SIGNALS) -> float:
    """Return the load of a pool as a share of capacity: the largest of its signals.

    Counts the engines that can be asked; infinite where there are none, 0 where no capacity is known.
    """
    states = [engines[member.engine] for member in pool.serving]
    states = [state for state in states if state.available]
    if not states:
        return float("inf")
    return max(share(SIGNALS[signal](state) for state in states) for signal in signals)


SIGNALS: Mapping[Signal, Callable[[EngineState], tuple[float, float | None]]] = MappingProxyType(
    {
        "concurrency": lambda state: (state.running, state.capacity),
        "qps": lambda state: (state.qps, state.capacity_qps),
        "queue": lambda state: (state.waiting, state.queue_capacity),
    }
)


def share(used: Iterable[tuple[float, float | None]]) -> float:
    """Return the sum of what is used over the sum of capacities, of those whose capacity is known."""
    known = [(use, capacity) for use, capacity in used if capacity]
    return sum(use for use, _ in known) / sum(capacity for _, capacity in known) if known else 0.0
