"""Requests to decisions while the server runs: counts turns, remembers matches."""

from dataclasses import dataclass
from functools import lru_cache

from reference_server.routing.deciding import Decision, Facts, decide
from reference_server.routing.draws import Draw
from reference_server.routing.plan import Plan
from reference_server.routing.rules import Match
from reference_server.routing.snapshot import Snapshot

MATCHES_KEPT = 4096
NO_DRAW = Draw()


@dataclass(frozen=True, slots=True)
class Record:
    """A decision, and all that it was made from besides the plan."""

    facts: Facts
    snapshot: Snapshot
    draw: Draw
    decision: Decision


@dataclass(slots=True)
class Turns:
    """Decisions of one pool so far, and how many there were before its present snapshot."""

    made: int = 0
    before: int = 0
    snapshot: Snapshot | None = None

    def next(self, snapshot: Snapshot, seed: int) -> Draw:
        """Return the draw for one more decision."""
        if snapshot is not self.snapshot:
            self.snapshot, self.before = snapshot, self.made
        self.made += 1
        return Draw(self.made - 1, self.made - 1 - self.before, seed)


class Router:
    """Makes decisions by a plan. The seed decides everything that looks like chance."""

    def __init__(self, plan: Plan, seed: int) -> None:
        """Start at the first turn of every pool."""
        self.plan = plan
        self.seed = seed
        # Turns are counted by pool: two pools that share them could each see every other engine only.
        self._turns = {name: Turns() for name in plan.pools}
        self._seen: Snapshot | None = None
        self._decided: dict[str, Decision] = {}
        self.match = lru_cache(maxsize=MATCHES_KEPT)(plan.rules.match)

    def route(self, facts: Facts, snapshot: Snapshot) -> Record:
        """Decide about one request; ModelNotFound where no rule matches."""
        match = self.match(facts.model)
        if self.plan.pools[match.rule.pool].is_alone:
            return Record(facts, snapshot, NO_DRAW, self._alone(match, facts, snapshot))
        draw = self._turns[match.rule.pool].next(snapshot, self.seed)
        return Record(facts, snapshot, draw, decide(self.plan, match, facts, snapshot, draw))

    def _alone(self, match: Match, facts: Facts, snapshot: Snapshot) -> Decision:
        """Decide where there is one engine only: the same for all requests for a model, as long as the snapshot is."""
        if snapshot is not self._seen:
            self._seen = snapshot
            self._decided.clear()
        if (decision := self._decided.get(facts.model)) is None:
            decision = self._decided[facts.model] = decide(self.plan, match, facts, snapshot, NO_DRAW)
        return decision


def replayed(plan: Plan, record: Record) -> Decision:
    """Make the decision of a record again."""
    match: Match = plan.rules.match(record.facts.model)
    return decide(plan, match, record.facts, record.snapshot, record.draw)
