"""Checks applied to exchanges: verdicts counted, departures kept."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cozecheck.checks.registry import EVERY_MUST, Check, View, ordered, reads, required
from cozecheck.contract.operations import operation
from cozecheck.exchange import Exchange
from cozecheck.findings import DEPARTURE, Inconclusive, Level, Outcome, Problem, Unsupported, Verdict
from cozecheck.views.cases import claim

MOST_PROBLEMS = 5
"""Departures kept of one check in one exchange: a stream can be wrong in every chunk."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A problem, and the check and exchange that it belongs to."""

    check: Check
    exchange: Exchange
    problem: Problem


@dataclass(slots=True)
class Tally:
    """What has come of one check so far."""

    judged: int = 0
    failed: int = 0
    unsupported: str = ""
    inconclusive: str = ""
    error: str = ""
    held_back: str = ""
    """The check that failed where this one, which requires it, would have spoken."""

    def add(self, verdicts: Sequence[Verdict]) -> None:
        """Count the verdicts of one exchange; none at all means that it holds."""
        if not verdicts:
            self.judged += 1
            return
        problems = sum(isinstance(each, Problem) for each in verdicts)
        self.failed += bool(problems)
        self.judged += bool(problems)
        for each in verdicts:
            if isinstance(each, Unsupported):
                self.unsupported = self.unsupported or each.reason
            elif isinstance(each, Inconclusive):
                self.inconclusive = self.inconclusive or each.reason

    def blame(self, error: Exception) -> None:
        """Note that the harness failed; the first failure is kept."""
        self.error = self.error or f"{type(error).__name__}: {error}"

    def outcome(self, check: Check) -> tuple[Outcome, str]:
        """Return the outcome and, where it is no plain verdict, its reason."""
        if self.error:
            return Outcome.ERROR, self.error
        if self.failed:
            return DEPARTURE[check.level], ""
        if self.judged:
            return Outcome.PASS, ""
        if self.unsupported:
            return Outcome.UNSUPPORTED, self.unsupported
        if self.inconclusive:
            return Outcome.INCONCLUSIVE, self.inconclusive
        if self.held_back:
            return Outcome.SKIP, f"held back: {self.held_back} failed first"
        return Outcome.SKIP, f"nothing to judge: no {_subject(check)}"


def _subject(check: Check) -> str:
    if check.view is None:
        return f"run of the scenario {check.scenario}"
    words = (check.view.__doc__ or "").strip().partition("\n")[0].rstrip(".").removeprefix("Read ")
    return re.sub(r"^(an?|the) ", "", words)


@dataclass
class Bench:
    """Judges exchange after exchange against one selection of checks; those they require judge along, unheard."""

    checks: Sequence[Check]
    operations: frozenset[str] = frozenset()
    """Exchanges of others are not judged; none: all are."""
    tallies: dict[str, Tally] = field(init=False)
    departures: list[Departure] = field(default_factory=list)

    def __post_init__(self) -> None:
        guards = required(self.checks)
        self.tallies = {each.id: Tally() for each in (*self.checks, *guards)}
        self._unheard = frozenset(each.id for each in guards)
        self._in_order = ordered((*self.checks, *guards))
        self._steps: dict[tuple[str, bool], tuple[tuple[View, tuple[Check, ...]], ...]] = {}
        self._relations = tuple(each for each in self._in_order if each.view is None)

    def judge(self, exchange: Exchange) -> None:
        """Hold one exchange against every check that it is for."""
        if not self._is_meant(exchange):
            return
        seen: dict[View, Any] = {}
        broken: set[str] = set()
        for view, checks in self._steps_for(exchange):
            if view not in seen:
                seen[view] = self._read(view, checks, exchange)
            subject = seen[view]
            if subject is None:
                continue
            for check in checks:
                if broken.isdisjoint(check.requires):
                    self._apply(check, subject, exchange, broken)
                else:
                    named = broken & check.requires - {EVERY_MUST}
                    self.tallies[check.id].held_back = min(named, default="another MUST")

    def _is_meant(self, exchange: Exchange) -> bool:
        """Whether it is of an operation that counts; a path that is no operation's counts for all."""
        known = operation(exchange.request)
        return not self.operations or known is None or known.name in self.operations

    def _steps_for(self, exchange: Exchange) -> tuple[tuple[View, tuple[Check, ...]], ...]:
        """Return the views, each with its checks, that may have something to say of this operation."""
        known, claimed = operation(exchange.request), claim(exchange)
        key = known.name if known else "", claimed is not None and claimed.mutation is not None
        if key not in self._steps:
            own = (each for each in self._in_order if each.view is not None and reads(each, *key))
            self._steps[key] = tuple(_by_view(own))
        return self._steps[key]

    def _read(self, view: View, checks: Sequence[Check], exchange: Exchange) -> Any:
        """Read a view; one that raises is our fault, like a check that does."""
        try:
            return view(exchange)
        except Exception as error:
            for check in checks:
                self.tallies[check.id].blame(error)
            return None

    def relate(self, scenario: str, exchanges: Mapping[str, Exchange]) -> None:
        """Hold the exchanges of one finished scenario against the relations that read them together."""
        for check in self._relations:
            if check.scenario == scenario and exchanges:
                self._apply(check, exchanges, exchanges, set())

    def _apply(self, check: Check, subject: Any, source: Exchange | Mapping[str, Exchange], broken: set[str]) -> None:
        tally = self.tallies[check.id]
        try:
            verdicts = tuple(islice(check.judge(subject), MOST_PROBLEMS))
        except Exception as error:  # a check that raises is our fault, never the target's
            tally.blame(error)
            return
        tally.add(verdicts)
        if not verdicts:
            return
        problems = [each for each in verdicts if isinstance(each, Problem)]
        if problems:
            broken.update((check.id, EVERY_MUST) if check.level is Level.MUST else (check.id,))
            if check.id not in self._unheard:
                self.departures.extend(Departure(check, _shown(source, each), each) for each in problems)


def _shown(source: Exchange | Mapping[str, Exchange], problem: Problem) -> Exchange:
    """Return the exchange to show: of a scenario's, the one that the problem names, or the last."""
    if isinstance(source, Exchange):
        return source
    return source.get(problem.at) or tuple(source.values())[-1]


def _by_view(checks: Iterable[Check]) -> Iterator[tuple[View, tuple[Check, ...]]]:
    """Group neighbours that read the same view."""
    group: list[Check] = []
    for check in checks:
        if group and check.view is not group[0].view:
            yield _group(group)
            group = []
        group.append(check)
    if group:
        yield _group(group)


def _group(checks: list[Check]) -> tuple[View, tuple[Check, ...]]:
    view = checks[0].view
    assert view is not None
    return view, tuple(checks)
