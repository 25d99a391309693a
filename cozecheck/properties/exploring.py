"""Requests at random: sent side by side, judged in order, told once a cause."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cozecheck.checks.judging import Bench, Departure
from cozecheck.properties.causes import Cause, cause
from cozecheck.properties.planning import Pool, Prospect, plain_question, wire
from cozecheck.properties.trying import Trial, Trier, judged
from cozecheck.scenarios import Subject
from cozecheck.sdk import Reader
from cozecheck.spending import Purse, is_refused
from cozecheck.strategies import Case
from cozecheck.views.cases import AFTERWARDS
from cozecheck.views.support import is_missing, words

Shown = dict[Cause, Departure]


@dataclass
class Failing:
    """A cause, and a case of a pool that shows it; None where a question after the whole pool does."""

    cause: Cause
    departure: Departure
    pool: Pool
    case: Case | None


@dataclass
class Explorer:
    """Sends what was drawn, and judges it on the bench of the run; *clock* tells seconds from anywhere."""

    purse: Purse
    bench: Bench
    subject: Subject
    concurrency: int
    clock: Callable[[], float]
    end: float | None = None
    """When the time is up."""
    failing: dict[Cause, Failing] = field(default_factory=dict)
    known: dict[tuple[object, ...], Shown] = field(default_factory=dict)
    """What each request has shown."""
    lacking: dict[str, str] = field(default_factory=dict)
    """The operations that do not take the simplest request, and what they say to it."""
    sent: int = 0

    def __post_init__(self) -> None:
        self.trier = Trier(self.purse, self.is_over)
        asks_client = any(check.id.endswith(".sdk-reads") for check in self.bench.checks)
        self.reader = Reader() if asks_client else None
        self._is_hurt = False
        self._limit = asyncio.Semaphore(self.concurrency)

    def is_over(self) -> bool:
        """Whether the money or the time is spent, or the target gone."""
        return bool(self.purse.stopped) or (self.end is not None and self.clock() >= self.end)

    async def explore(self, prospect: Prospect) -> None:
        """Send everything, one operation after the other; cancelled, what was done is kept."""
        number = 1
        for pool in prospect.pools:
            if pool.operation in self.lacking:
                continue
            trials = [Trial(case, str(number + place)) for place, case in enumerate(pool.sent)]
            number += len(trials)
            try:
                await self._send(trials)
            finally:
                for trial in trials:
                    self._judge(trial, pool)
            if pool.operation not in self.lacking and not self._is_hurt:
                await self._ask_plainly(pool)

    async def _send(self, trials: Sequence[Trial]) -> None:
        """Send the simplest case of an operation, and the others where that one is taken."""
        first, *others = trials
        await self.trier.attempt(first)
        if first.case.mutation or self._serves(first):
            async with asyncio.TaskGroup() as group:
                for trial in others:
                    group.create_task(self._try(trial))

    def _serves(self, first: Trial) -> bool:
        last = first.exchanges[0] if first.exchanges else None
        if last is None or last.response is None:
            return last is not None
        if is_missing(last) or 400 <= last.response.status < 500:
            self.lacking[first.case.operation] = f"{last.response.status}, {words(last)[:120]}"
        return first.case.operation not in self.lacking

    async def _try(self, trial: Trial) -> None:
        async with self._limit:
            await self.trier.attempt(trial)

    async def _ask_plainly(self, pool: Pool) -> None:
        trial = Trial(pool.sent[0], f"after {pool.operation}")
        await self.trier.ask(plain_question(self.subject, pool.operation), AFTERWARDS, trial)
        for departure in judged(trial, self.bench, self.reader):
            self._is_hurt = True  # what comes after says no more about what it was
            why = cause(departure, trial.case)
            self.failing.setdefault(why, Failing(why, departure, pool, None))

    def _judge(self, trial: Trial, pool: Pool) -> None:
        """Judge in the order of the draw, whenever the answers came: timing changes no report."""
        if self.purse.stopped:  # that nobody is there any more is no departure of the one who was
            trial.exchanges = [each for each in trial.exchanges if not is_refused(each)]
        if not trial.exchanges:
            return
        self.sent += 1
        shown: Shown = {}
        for departure in judged(trial, self.bench, self.reader):
            shown.setdefault(cause(departure, trial.case), departure)
        self.known[wire(trial.case.send)] = shown
        for why, departure in shown.items():
            self.failing.setdefault(why, Failing(why, departure, pool, trial.case))
