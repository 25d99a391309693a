"""The smallest request that fails for the same cause, within a budget of requests."""

import asyncio
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from pathlib import Path

from cozecheck.checks.judging import Bench
from cozecheck.exchange import FailureKind
from cozecheck.properties.causes import cause
from cozecheck.properties.exploring import Explorer, Failing, Shown
from cozecheck.properties.planning import SHRINKING, wire
from cozecheck.properties.searching import smallest
from cozecheck.properties.trying import Trial, judged
from cozecheck.strategies import Case
from cozecheck.views.cases import TWINS

SLOW = frozenset((FailureKind.CONNECT, FailureKind.FIRST_BYTE, FailureKind.IDLE, FailureKind.TOTAL))
SLOWLY = 8
"""Requests at most where each may cost the target's whole patience."""


async def shrink(failing: Failing, explorer: Explorer, most: int, kept: Path | None) -> Failing:
    """Return the smallest case that fails likewise, found with *most* requests; what failed is *kept* in a folder."""
    if failing.case is None:
        return failing
    shrinker = _Shrinker(failing, explorer, min(most, _patience(failing)))
    pool = failing.pool
    strategy, key = pool.strategy(explorer.subject), failing.cause.id
    try:
        case = await asyncio.to_thread(smallest, strategy, shrinker.fails, pool.drawn, pool.seed, kept, key)
    finally:
        shrinker.closed = True
    shown = shrinker.shown(case) if case else None
    return failing if case is None or not shown else replace(failing, case=case, departure=shown[failing.cause])


def _patience(failing: Failing) -> int:
    broke = failing.departure.exchange.failure
    return SLOWLY if broke and broke.kind in SLOW else SHRINKING


@dataclass
class _Shrinker:
    """Says of cases whether they fail likewise: called in a thread, it sends in the loop."""

    failing: Failing
    explorer: Explorer
    left: int
    closed: bool = False
    tried: dict[tuple[object, ...], Shown] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._met = False  # what was drawn before the first that fails was not worth a request, or holds
        self._twins = self.failing.departure.exchange.scenario == TWINS or self.failing.departure.check.view is None

    def shown(self, case: Case) -> Shown | None:
        """Return what a case has shown so far; None where it was never sent."""
        key = wire(case.send)
        return self.explorer.known.get(key, self.tried.get(key))

    def fails(self, case: Case) -> bool:
        """Whether a case fails likewise; what cannot be sent any more does not."""
        found = self.shown(case)
        if found is None and self._met and self.left > 0 and not self.closed:
            found = self.tried[wire(case.send)] = self._try(case)
        likewise = self.failing.cause in (found or {})
        self._met = self._met or likewise
        return likewise

    def _try(self, case: Case) -> Shown:
        trial = Trial(case, f"{self.failing.cause.id}.{len(self.tried)}")
        sending = self.explorer.trier.attempt(trial, twins=self._twins)
        try:
            asyncio.run_coroutine_threadsafe(sending, self._loop).result()
        except (CancelledError, RuntimeError):  # we were interrupted
            self.closed = True
            return {}
        self.left -= max(len(trial.exchanges), 1)
        found = judged(trial, Bench([self.failing.departure.check]), self.explorer.reader)
        return {cause(departure, case): departure for departure in reversed(found)}
