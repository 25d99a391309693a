"""How faithfully a model calls tools: shares, intervals, a reference beside them."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from cozecheck.findings import Figure, Trial
from cozecheck.intervals import wilson

Run = Mapping[str, Trial]
"""One repeat: what came of each case, by the case's id."""
Due = Mapping[str, bool]
"""Whether a tool is to be called, by the case's id."""


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
        return wilson(self.successes, self.trials)


@dataclass(frozen=True)
class Sample:
    """The runs of a model, and pairs of what was due with one of them."""

    runs: tuple[Run, ...]
    pairs: tuple[tuple[Due, Run], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of a case, counted for one measure."""

    case: str
    successes: int
    trials: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A share of something; *scale* turns it into the number that is usual, and never changes an order."""

    name: str
    requirement: str
    remedy: str
    tally: Callable[[Sample], Iterator[Tally]]
    scale: Callable[[float], float] = lambda share: share

    def figure(self, id: str, sample: Sample) -> Figure | None:
        """Return the figure of a sample, or None where there is nothing to count."""
        counts = tuple(self.tally(sample))
        rate = Rate(sum(each.successes for each in counts), sum(each.trials for each in counts))
        if not rate.trials:
            return None
        value, low, high = (round(self.scale(share), 4) for share in (rate.value, *rate.interval))
        return Figure(id, value, low, high, rate.trials)

    def misses(self, sample: Sample) -> dict[str, int]:
        """Return how often each case missed, the most first."""
        missed: dict[str, int] = {}
        for each in self.tally(sample):
            if each.successes < each.trials:
                missed[each.case] = missed.get(each.case, 0) + each.trials - each.successes
        return dict(sorted(missed.items(), key=lambda item: -item[1]))


def runs(trials: Iterable[Trial], *, stream: bool) -> tuple[Run, ...]:
    """Sort the trials that were (not) streamed into runs, in the order of their repeats."""
    found: dict[int, dict[str, Trial]] = {}
    for trial in trials:
        if trial.stream is stream:
            found.setdefault(trial.repeat, {})[trial.case] = trial
    return tuple(found[repeat] for repeat in sorted(found))


def beside_cases(runs: Sequence[Run], due: Due) -> Sample:
    """Hold runs against what the cases themselves say is *due*."""
    return Sample(tuple(runs), tuple((due, run) for run in runs))


def beside_reference(runs: Sequence[Run], reference: Sequence[Run]) -> Sample:
    """Hold each run against one of the *reference*, so that no answer counts twice."""
    dues = cycle(map(called, reference)) if reference else ()
    return Sample(tuple(runs), tuple(zip(dues, runs, strict=False)))


def beside_itself(reference: Sequence[Run]) -> Sample:
    """Hold one half of a *reference* against the other: how far it differs from itself."""
    return Sample(tuple(reference), tuple(zip(map(called, reference[::2]), reference[1::2], strict=False)))


def called(run: Run) -> Due:
    """Return whether each case that was answered was answered with a call."""
    return {case: trial.calls > 0 for case, trial in run.items() if trial.answered}


def comes_up_to(figure: Figure, reference: Figure) -> bool:
    """Whether the two may be the same: a figure fails whose whole interval lies below that of the reference."""
    return figure.high >= reference.low


def _trials(sample: Sample) -> Iterator[Trial]:
    return (trial for run in sample.runs for trial in run.values())


def _answers(sample: Sample) -> Iterator[Tally]:
    return (Tally(trial.case, trial.answered, 1) for trial in _trials(sample))


def _parsed(sample: Sample) -> Iterator[Tally]:
    return (Tally(trial.case, trial.parsed, trial.calls) for trial in _trials(sample))


def _fitting(sample: Sample) -> Iterator[Tally]:
    return (Tally(trial.case, trial.fitting, trial.calls) for trial in _trials(sample))


def _expected(sample: Sample) -> Iterator[Tally]:
    return (Tally(trial.case, trial.expected, 1) for trial in _trials(sample) if trial.answered)


def _triggers(sample: Sample) -> Iterator[tuple[str, bool, bool]]:
    """Yield each answered case, whether a call was due, and whether one was made."""
    for due, run in sample.pairs:
        for case, made in called(run).items():
            if case in due:
                yield case, due[case], made


def _precision(sample: Sample) -> Iterator[Tally]:
    return (Tally(case, due, 1) for case, due, made in _triggers(sample) if made)


def _recall(sample: Sample) -> Iterator[Tally]:
    return (Tally(case, made, 1) for case, due, made in _triggers(sample) if due)


def _both(sample: Sample) -> Iterator[Tally]:
    """Count the cases that call on both sides among those that call on either: Jaccard's index, a true share."""
    return (Tally(case, due and made, 1) for case, due, made in _triggers(sample) if due or made)


def f1(jaccard: float) -> float:
    """Return the F1 score that belongs to Jaccard's index: so it has an interval, too."""
    return 2 * jaccard / (1 + jaccard)


MEASURES: Final = (
    Measure(
        "answers",
        "A question with tools is answered.",
        "See what `cozecheck conformance --select tools` finds; give it more patience with --timeout.",
        _answers,
    ),
    Measure(
        "trigger-precision",
        "A tool is called only where one is due.",
        "See that the prompt template gives the model its tools as it was trained to read them.",
        _precision,
    ),
    Measure(
        "trigger-recall",
        "A tool is called wherever one is due.",
        "See that the parser of tool calls is the one for this model, and that no call comes as text.",
        _recall,
    ),
    Measure(
        "trigger-f1",
        "Tools are called where they are due, and only there (F1).",
        "See what is wrong with precision and recall.",
        _both,
        f1,
    ),
    Measure(
        "arguments-json",
        "The arguments of a call are a JSON object.",
        "See that the parser of tool calls takes the arguments whole; constrain decoding to JSON.",
        _parsed,
    ),
    Measure(
        "arguments-schema",
        "A call is of a tool on offer, with arguments that its schema allows.",
        "Constrain decoding to the schemas of the tools; see that the prompt template shows them whole.",
        _fitting,
    ),
    Measure(
        "tools-expected",
        "An answer calls the tools that the question is about, and no other.",
        "See that the model is what it is said to be, its quantisation and its prompt template included.",
        _expected,
    ),
)
