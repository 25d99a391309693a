"""How faithfully a server's model calls tools: rates, intervals, agreement with a reference."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from cozecheck.contract import schemas
from cozecheck.exchange import ABSENT, parse_json

CONFIDENT: Final = 1.96
"""Standard deviations on either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation, the tools on offer, and those that should be called; none at all, if *calls* is empty."""

    id: str
    messages: tuple[Mapping[str, Any], ...]
    tools: Mapping[str, Mapping[str, Any]]
    """The JSON Schema of each tool's arguments, by the tool's name."""
    calls: frozenset[str]
    descriptions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as the model made it: a name, and the text of the arguments."""

    name: str
    arguments: str


Trial = tuple[Call, ...]
"""What one answer called."""
Run = Mapping[str, Trial]
"""One repeat: an answer to each case, by the case's id."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many."""

    successes: int
    trials: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; NaN of nothing."""
        return self.successes / self.trials if self.trials else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval that holds the true share with 95 % confidence; 0 to 1 of nothing."""
        if not self.trials:
            return 0.0, 1.0
        share, weight = self.value, CONFIDENT**2 / self.trials
        middle = (share + weight / 2) / (1 + weight)
        reach = math.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
        # At either end rounding may leave the share itself just outside.
        return max(0.0, min(middle - reach, share)), min(1.0, max(middle + reach, share))


def parses(runs: Iterable[Run]) -> Rate:
    """Count the calls whose arguments are a JSON object."""
    return _rate(isinstance(parse_json(call.arguments).value, dict) for run in runs for call in _calls(run))


def fits(cases: Sequence[Case], runs: Iterable[Run]) -> Rate:
    """Count the calls of a tool that is on offer, with arguments that its schema allows."""
    by_id = {case.id: case for case in cases}
    return _rate(_fits(by_id[id], call) for run in runs for id, trial in run.items() for call in trial)


def expected(cases: Sequence[Case], runs: Iterable[Run]) -> Rate:
    """Count the answers that call what their case expects: some of it and nothing else, or nothing at all."""
    by_id = {case.id: case for case in cases}
    return _rate(_as_expected(by_id[id], trial) for run in runs for id, trial in run.items())


def _rate(outcomes: Iterable[bool]) -> Rate:
    counted = tuple(outcomes)
    return Rate(sum(counted), len(counted))


def _calls(run: Run) -> Iterable[Call]:
    return (call for trial in run.values() for call in trial)


def _fits(case: Case, call: Call) -> bool:
    value = parse_json(call.arguments).value
    return call.name in case.tools and value is not ABSENT and not schemas.faults(case.tools[call.name], value)


def _as_expected(case: Case, trial: Trial) -> bool:
    called = {call.name for call in trial}
    return bool(called) == bool(case.calls) and called <= case.calls


def trigger_f1(reference: Run, run: Run) -> float:
    """Return the F1 score of calling a tool where *reference* does, over the cases of both; 1 where neither calls."""
    both = reference.keys() & run.keys()
    hits = sum(bool(reference[id]) and bool(run[id]) for id in both)
    differ = sum(bool(reference[id]) != bool(run[id]) for id in both)
    return 2 * hits / (2 * hits + differ) if hits or differ else 1.0


def agreement(reference: Sequence[Run], runs: Sequence[Run]) -> float:
    """Return the mean F1 score of each of *runs* beside each of *reference*; NaN of nothing."""
    scores = [trigger_f1(one, other) for one in reference for other in runs]
    return sum(scores) / len(scores) if scores else math.nan


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a server, the bar that a reference's own runs set, and whether the server comes up to it."""

    name: str
    value: float
    interval: tuple[float, float]
    bar: float
    holds: bool


def compare(cases: Sequence[Case], reference: Sequence[Run], runs: Sequence[Run]) -> tuple[Measure, ...]:
    """Hold a server's *runs* against a *reference* of two runs or more: its own spread is the bar, never taste."""
    if len(reference) < 2 or not runs:
        raise ValueError("a reference of two runs or more is needed, to see how far it differs from itself")
    rates: tuple[tuple[str, Callable[[Sequence[Run]], Rate]], ...] = (
        ("arguments parse", parses),
        ("arguments fit the schema", lambda each: fits(cases, each)),
        ("calls as expected", lambda each: expected(cases, each)),
    )
    return (_agrees(reference, runs), *(_holds(name, rate(reference), rate(runs)) for name, rate in rates))


def _agrees(reference: Sequence[Run], runs: Sequence[Run]) -> Measure:
    """Set the bar where the reference agrees least with itself."""
    bar = min(trigger_f1(one, other) for one, other in combinations(reference, 2))
    scores = [agreement(reference, (run,)) for run in runs]
    value = agreement(reference, runs)
    return Measure("calls where the reference calls (F1)", value, (min(scores), max(scores)), bar, max(scores) >= bar)


def _holds(name: str, reference: Rate, rate: Rate) -> Measure:
    """Set the bar at the lower end of the reference's interval; a rate fails whose whole interval lies below."""
    bar = reference.interval[0]
    return Measure(name, rate.value, rate.interval, bar, rate.interval[1] >= bar)
