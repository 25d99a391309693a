"""A day of a fleet in seconds: simulated time, no clock, no chance."""

import heapq
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from reference_server.routing.balancing import Balancing
from reference_server.routing.breaker import BreakerRule
from reference_server.routing.deciding import Decision, Facts
from reference_server.routing.draws import key
from reference_server.routing.fleet import Capacity, Fleet, Ticket
from reference_server.routing.health import HealthRule
from reference_server.routing.overflow import Overflow
from reference_server.routing.plan import Plan
from reference_server.routing.pools import Member, Pool
from reference_server.routing.retrying import BudgetRule, RetryBudget
from reference_server.routing.router import Record, Router
from reference_server.routing.rules import Rule, Rules

SERVICE_S = 0.5
FIRST_BYTE_S = 0.1
CLOUD = "cloud"


@dataclass(frozen=True)
class World:
    """Engines `e0` to `e{engines}`: the first `slow` take five times as long, the next `broken` always fail."""

    engines: int = 1_000
    capacity: int = 10
    slow: int = 0
    broken: int = 0
    balancing: Balancing = Balancing.P2C_EWMA
    fresh_s: float = 0.05
    seed: int = 1

    def pace(self, engine: str) -> float:
        return 5.0 if engine != CLOUD and int(engine[1:]) < self.slow else 1.0

    def fails(self, engine: str) -> bool:
        return engine != CLOUD and self.slow <= int(engine[1:]) < self.slow + self.broken


@dataclass
class Seen:
    """What came of it. `load` is the share of the local places that were taken at each snapshot."""

    records: list[Record] = field(default_factory=list, repr=False)
    first: Counter[str] = field(default_factory=Counter, repr=False)
    answered: Counter[str] = field(default_factory=Counter, repr=False)
    failed: int = 0
    retries: int = 0
    load: list[float] = field(default_factory=list, repr=False)


class Simulation:
    """Requests that arrive evenly, on engines that answer after times drawn from a seed."""

    def __init__(self, world: World) -> None:
        local = Pool("local", tuple(Member(f"e{index}") for index in range(world.engines)), Overflow(CLOUD, hold_s=0.5))
        self.plan = Plan(
            Rules.of([Rule("m.*", "local", world.balancing)]),
            {"local": local, CLOUD: Pool(CLOUD, (Member(CLOUD),))},
        )
        capacities = {name: Capacity(running=world.capacity) for name in self.plan.engines()} | {CLOUD: Capacity()}
        self._fleet = Fleet(
            capacities, self.plan.pools.values(), breaker=BreakerRule(), health=HealthRule(), fresh_s=world.fresh_s
        )
        self._world = world
        self._router = Router(self.plan, world.seed)
        self._budget = RetryBudget(BudgetRule())
        self._random = random.Random(world.seed)
        self._ends: list[tuple[float, int, Ticket, bool]] = []
        self._numbers = 0
        self._running = 0
        self.seen = Seen()

    def run(self, qps: float, seconds: float, sessions: int = 0) -> Seen:
        """Let requests arrive, from one of so many sessions, and all of them end."""
        for number in range(int(qps * seconds)):
            now = number / qps
            self._end_until(now)
            self._arrive(now, key(f"s{number % sessions}") if sessions else None)
        self._end_until(float("inf"))
        return self.seen

    def _arrive(self, now: float, session: int | None) -> None:
        known = self._fleet.snapshot(now)
        record = self._router.route(Facts("m", session), known)
        self._budget.earn()
        self.seen.records.append(record)
        self.seen.first[record.decision.tries[0].engine] += 1
        if known.at == now:
            self.seen.load.append(self._running / (self._world.engines * self._world.capacity))
        self._try(record.decision, now)

    def _try(self, decision: Decision, now: float) -> None:
        """Ask one engine after the other, as the server does. A broken engine fails at once."""
        failures = 0
        for engine, _ in decision.tries:
            if failures and not self._budget.spend(now):
                break
            ticket = self._fleet.begin(engine, now)
            if ticket is None:
                continue
            self.seen.retries += failures > 0
            if not self._world.fails(engine):
                self._serve(ticket, now)
                return
            self._fleet.end(ticket, now, failed=True)
            failures += 1
        self.seen.failed += 1

    def _serve(self, ticket: Ticket, now: float) -> None:
        pace = self._world.pace(ticket.engine) * self._random.uniform(0.8, 1.2)
        self._running += ticket.engine != CLOUD
        for after, whole in ((FIRST_BYTE_S, False), (SERVICE_S, True)):
            self._numbers += 1
            heapq.heappush(self._ends, (now + after * pace, self._numbers, ticket, whole))

    def _end_until(self, now: float) -> None:
        while self._ends and self._ends[0][0] <= now:
            at, _, ticket, whole = heapq.heappop(self._ends)
            if whole:
                self._fleet.end(ticket, at, failed=False)
                self.seen.answered[ticket.engine] += 1
                self._running -= ticket.engine != CLOUD
            else:
                self._fleet.first_byte(ticket, at)


def figures() -> None:
    """Print decisions a second of this machine, and what became of the requests."""
    for balancing in Balancing:
        simulation = Simulation(World(slow=20, broken=10, balancing=balancing))
        began = time.process_time()
        seen = simulation.run(10_000, 3.0, sessions=5_000 if balancing is Balancing.SESSION else 0)
        took = time.process_time() - began
        rate = len(seen.records) / took
        print(
            f"{balancing.value}: {rate:,.0f} requests/s simulated, {took / len(seen.records) * 1e6:.0f} us each, "
            f"{seen.failed} failed, {seen.retries} retried, slow engines got "
            f"{sum(seen.answered[f'e{index}'] for index in range(20)) / len(seen.records):.2%} instead of 2%"
        )


if __name__ == "__main__":
    figures()
