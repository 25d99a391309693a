"""All engines as they are measured while the server runs, and their snapshots."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType

from reference_server.routing.breaker import Breaker, BreakerRule
from reference_server.routing.health import Health, HealthRule, probed
from reference_server.routing.meter import Meter
from reference_server.routing.overflow import Flow, step
from reference_server.routing.pools import Pool
from reference_server.routing.snapshot import EngineState, Snapshot, load

UP = Health()


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one engine can take: requests at a time, requests waiting, requests a second. None is not known."""

    running: int | None = None
    waiting: int | None = None
    qps: float | None = None


@dataclass(slots=True)
class Watched:
    """One engine under watch."""

    name: str
    capacity: Capacity
    breaker: Breaker
    meter: Meter = field(default_factory=Meter)
    health: Health = UP

    def state(self, now: float) -> EngineState:
        """Return what is known of it now."""
        return EngineState(
            name=self.name,
            running=self.meter.running,
            waiting=self.meter.waiting,
            capacity=self.capacity.running,
            queue_capacity=self.capacity.waiting,
            qps=self.meter.qps(now),
            capacity_qps=self.capacity.qps,
            latency=self.meter.latency(now),
            error_ratio=self.meter.error_ratio(now),
            circuit=self.breaker.state(now),
            opens_at=self.breaker.opens_at(now),
            healthy=self.health.healthy,
        )


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request on one engine, from its beginning to its end."""

    engine: str
    generation: int
    began: float


class Fleet:
    """The engines by name. Times are seconds of one monotonic clock."""

    def __init__(
        self,
        capacities: dict[str, Capacity],
        pools: Iterable[Pool],
        *,
        breaker: BreakerRule,
        health: HealthRule,
        fresh_s: float = 0.0,
    ) -> None:
        """Watch engines. A snapshot is shared for `fresh_s` seconds: 0 for a few engines, 0.05 for a thousand."""
        self._engines = {name: Watched(name, each, Breaker(breaker)) for name, each in capacities.items()}
        self._health = health
        self._fresh_s = fresh_s
        self._flows: dict[str, Flow] = {}
        self.follow(pools)

    def follow(self, pools: Iterable[Pool]) -> None:
        """Take other pools over the same engines; ValueError names an engine that is not watched."""
        pools = tuple(pools)
        for pool in pools:
            for name in pool.engines():
                if name not in self._engines:
                    raise ValueError(f"pool '{pool.name}' has an engine '{name}', which is not there")
        self._overflowing = tuple((pool, pool.overflow) for pool in pools if pool.overflow)
        self._flows = {pool.name: self._flows.get(pool.name, Flow()) for pool, _ in self._overflowing}
        self._snapshot: Snapshot | None = None

    def begin(self, engine: str, now: float) -> Ticket | None:
        """Start a request; None where the breaker does not let it through: try the next engine, that is no retry."""
        watched = self._engines[engine]
        generation = watched.breaker.begin(now)
        if generation is None:
            return None
        watched.meter.begin(now)
        return Ticket(engine, generation, now)

    def first_byte(self, ticket: Ticket, now: float) -> None:
        """Take note that an answer which is no error has begun."""
        self._engines[ticket.engine].meter.first_byte(now - ticket.began, now)

    def end(self, ticket: Ticket, now: float, *, failed: bool | None) -> None:
        """End a request, exactly once, however it went; None when nobody is to blame: the client went away."""
        watched = self._engines[ticket.engine]
        watched.meter.end(now, failed=failed)
        watched.breaker.end(ticket.generation, now, failed=failed)

    def wait(self, engine: str, more: int) -> None:
        """Count requests that begin (1) or cease (-1) to wait for an engine."""
        self._engines[engine].meter.waiting += more

    def probed(self, engine: str, *, good: bool) -> None:
        """Take the result of a health probe."""
        watched = self._engines[engine]
        watched.health = probed(watched.health, self._health, good=good)

    def snapshot(self, now: float) -> Snapshot:
        """Return what is known of all engines; the same snapshot while it is fresh."""
        if self._snapshot is None or not 0 <= now - self._snapshot.at < self._fresh_s:
            self._snapshot = self._taken(now)
        return self._snapshot

    def opens_at(self, engine: str, now: float) -> float | None:
        """Return when an engine's breaker lets requests through again; None where it does, or is about to."""
        return self._engines[engine].breaker.opens_at(now)

    def states(self, now: float) -> list[EngineState]:
        """Return what is known of each engine this very moment."""
        return [watched.state(now) for watched in self._engines.values()]

    def flowing(self, now: float) -> frozenset[str]:
        """Return the engines whose pool flows over."""
        flows = self.snapshot(now).flows
        pools = [pool for pool, _ in self._overflowing if flows[pool.name].active]
        return frozenset(member.engine for pool in pools for member in pool.serving)

    def turns(self, engine: str) -> int:
        """Return how often an engine's breaker has opened, half opened or closed."""
        return self._engines[engine].breaker.turns

    def serviceable(self, now: float) -> bool:
        """Tell whether there is an engine that may be asked."""
        return any(state.available for state in self.states(now))

    def _taken(self, now: float) -> Snapshot:
        engines = {name: watched.state(now) for name, watched in self._engines.items()}
        for pool, overflow in self._overflowing:
            self._flows[pool.name] = step(self._flows[pool.name], load(pool, engines, overflow.signals), now, overflow)
        return Snapshot(now, MappingProxyType(engines), MappingProxyType(dict(self._flows)))
