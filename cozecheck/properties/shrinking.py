"""The smallest request that fails for the same cause, within a budget of requests."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cozecheck.checks.judging import Bench
from cozecheck.exchange import FailureKind
from cozecheck.properties.causes import cause
from cozecheck.properties.exploring import Explorer, Failing, Shown
from cozecheck.properties.planning import SHRINKING, Drawn, wire
from cozecheck.properties.searching import Fails, smallest
from cozecheck.properties.trying import Trial, judged
from cozecheck.strategies import Case
from cozecheck.views.cases import TWINS

SLOW = frozenset((FailureKind.CONNECT, FailureKind.FIRST_BYTE, FailureKind.IDLE, FailureKind.TOTAL))
KEPT = frozenset(
    ("model", "messages", "prompt", "input", "max_tokens", "max_completion_tokens", "max_output_tokens", "quality")
)
"""What makes a request one, and what keeps it cheap."""
SLOWLY = 8
"""Requests at most where each may cost the target's whole patience."""


async def shrink(failing: Failing, explorer: Explorer, most: int, kept: Path | None) -> Failing:
    """Return the smallest case that fails likewise, found with *most* requests; what failed is *kept* in a folder."""
    if failing.drawn is None:
        return failing
    shrinker = _Shrinker(failing, explorer, min(most, _patience(failing)))
    source, place = failing.drawn.source, kept / failing.cause.id if kept else None
    try:
        case = await asyncio.to_thread(smallest, source.strategy, shrinker.fails, source.count, source.seed, place)
        case = await asyncio.to_thread(_bare, case, shrinker.fails) if case else None
    finally:
        shrinker.closed = True
    shown = shrinker.shown(case) if case else None
    if case is None or not shown:
        return failing
    return replace(failing, drawn=Drawn(case, source), departure=shown[failing.cause])


def _bare(case: Case, fails: Fails) -> Case:
    """Leave out of a body what it fails without, and of an array all but one; a strategy may always draw them."""
    given = dict(case.send.json or {})
    for name in [name for name in given if not case.param.startswith(name)]:
        several = range(len(given[name])) if isinstance(given[name], list) else ()
        less = [{**given, name: [given[name][place]]} for place in several] if len(several) > 1 else []
        if name not in KEPT:
            less.insert(0, {key: value for key, value in given.items() if key != name})
        given = next((body for body in less if fails(_with(case, body))), given)
    return _with(case, given) if case.send.json else case


def _with(case: Case, body: Mapping[str, Any]) -> Case:
    return replace(case, send=replace(case.send, json=body))


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
