"""One decision: which engines to try for a request, in order, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from reference_server.routing.balancing import order
from reference_server.routing.draws import Draw
from reference_server.routing.overflow import Choice, Flow, Line, Reason, line
from reference_server.routing.plan import Plan
from reference_server.routing.pools import Pool
from reference_server.routing.rules import Match
from reference_server.routing.sizes import billions
from reference_server.routing.snapshot import Snapshot

FROM_A_POOL = 2
"""Engines of one pool in a decision: the one to ask, and one to ask if it fails."""
REASONS_KEPT = 4096
CALM = Flow()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision has to know of a request. `session` is `draws.key` of what names it, never the name."""

    model: str
    session: int | None = None
    critical: bool = False


class Try(NamedTuple):
    """An engine to ask, and the model to ask it for."""

    engine: str
    model: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Engines to try, in order; the most tokens of an answer; the reasons in words; why it left its line, if it did.

    Without a try every engine is down: `retry_at` is when the first may be back, None if that is not known.
    """

    tries: tuple[Try, ...]
    max_tokens: int | None = None
    reasons: tuple[str, ...] = ()
    overflow: Reason | None = None
    retry_at: float | None = None


def decide(plan: Plan, match: Match, facts: Facts, snapshot: Snapshot, draw: Draw) -> Decision:
    """Choose the engines for a request whose rule is found. The same arguments, the same decision."""
    pool = plan.pools[match.rule.pool]
    chosen = chosen_line(pool, match.model, facts, snapshot)
    cloud = chosen is not None and chosen.line is Line.CLOUD
    sides = ordered_sides(plan, pool, match.model, cloud_first=cloud)
    tries = tuple(dict.fromkeys(listed(sides, pool, match, facts, snapshot, draw)))
    return Decision(
        tries=tries,
        max_tokens=match.rule.max_tokens,
        reasons=(*match.why, *([chosen.why] if chosen else ()), reason(sides[0][0], match, snapshot, tries)),
        overflow=chosen.by if chosen and cloud else None,
        retry_at=None if tries else first_back(sides, snapshot),
    )


def chosen_line(pool: Pool, model: str, facts: Facts, snapshot: Snapshot) -> Choice | None:
    """Choose between a pool and the one that takes its overflow; None where there is no other."""
    if pool.overflow is None:
        return None
    flow = snapshot.flows.get(pool.name, CALM)
    return line(pool.overflow, billions(model), flow, critical=facts.critical)


def ordered_sides(plan: Plan, pool: Pool, model: str, *, cloud_first: bool) -> tuple[tuple[Pool, str], ...]:
    """Return the pools to ask, each with its name for the model: whichever line is not chosen is the spare one."""
    if pool.overflow is None:
        return ((pool, model),)
    local, cloud = (pool, model), (plan.pools[pool.overflow.pool], pool.overflow.model or model)
    return (cloud, local) if cloud_first else (local, cloud)


def listed(
    sides: tuple[tuple[Pool, str], ...], pool: Pool, match: Match, facts: Facts, snapshot: Snapshot, draw: Draw
) -> Iterator[Try]:
    """Yield what to try: engines of the pools, then the fallbacks."""
    for side, model in sides:
        for engine in order(match.rule.balancing, snapshot.ready(side), draw, facts.session, FROM_A_POOL):
            yield Try(engine.name, model)
    for fallback in pool.fallbacks:
        if snapshot.engines[fallback.engine].available:
            yield Try(fallback.engine, fallback.model or match.model)


def reason(asked: Pool, match: Match, snapshot: Snapshot, tries: tuple[Try, ...]) -> str:
    """Say how the first engine came to be the first."""
    ready = snapshot.ready(asked)
    if not ready.engines:
        return f"pool '{asked.name}' has no engine that can be asked" + (f": '{tries[0].engine}'" if tries else "")
    return spread(match.rule.balancing.value, len(ready.engines), len(asked.members), asked.name, tries[0].engine)


@lru_cache(maxsize=REASONS_KEPT)
def spread(balancing: str, ready: int, members: int, pool: str, engine: str) -> str:
    """Say how one of the engines that are ready was taken."""
    return f"{balancing} over {ready} of {members} engines of pool '{pool}': '{engine}'"


def first_back(sides: tuple[tuple[Pool, str], ...], snapshot: Snapshot) -> float | None:
    """Return when the first engine may be back."""
    times = [snapshot.ready(side).opens_at for side, _ in sides]
    return min((at for at in times if at is not None), default=None)
