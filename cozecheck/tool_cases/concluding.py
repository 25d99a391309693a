"""Trials to figures, and figures beside a reference to results and findings."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cozecheck.curl import curl
from cozecheck.errors import UsageError
from cozecheck.exchange import Request
from cozecheck.fidelity import MEASURES, Measure, beside_cases, beside_itself, beside_reference, comes_up_to, runs
from cozecheck.findings import Basis, CheckResult, Fidelity, Figure, Finding, Level, Outcome, Report, Trial
from cozecheck.tool_cases.cases import Case
from cozecheck.views.chat import CREATE

CITE: Final = "the reference's own runs"
MOST_WORST: Final = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of whole answers, or of streams: its figure, the reference's, and the cases that missed most."""

    id: str
    measure: Measure
    stream: bool
    figure: Figure | None
    reference: Figure | None
    worst: tuple[str, ...]
    compared: bool
    """Whether there is a reference at all."""

    @property
    def falls_short(self) -> bool:
        """Whether it certainly lies below the reference."""
        return bool(self.figure and self.reference and not comes_up_to(self.figure, self.reference))


def require_reference(report: Report, known: Sequence[Case], where: str) -> tuple[Trial, ...]:
    """Return the trials of a reference; raise UsageError where nothing can be held against it."""
    if report.kind != "fidelity":
        raise UsageError(f"{where}: a report of `cozecheck fidelity` is needed, not of `cozecheck {report.kind}`")
    trials = report.fidelity.trials
    if strangers := {trial.case for trial in trials} - {case.id for case in known}:
        raise UsageError(f"{where}: made with other cases ({min(strangers)}); make it anew with this version")
    if any(len(runs(trials, stream=stream)) < 2 for stream in (False, True)):
        raise UsageError(f"{where}: two repeats or more are needed, to see how far the reference differs from itself")
    return trials


def lines(known: Sequence[Case], trials: Sequence[Trial], reference: Sequence[Trial]) -> tuple[Line, ...]:
    """Take every measure, whole and streamed, beside the *reference*, or beside what the cases say is due."""
    return tuple(line for stream in (False, True) for line in _lines(known, trials, reference, stream=stream))


def _lines(
    known: Sequence[Case], trials: Sequence[Trial], reference: Sequence[Trial], *, stream: bool
) -> Iterator[Line]:
    made, theirs = runs(trials, stream=stream), runs(reference, stream=stream)
    due = {case.id: bool(case.calls) for case in known}
    sample = beside_reference(made, theirs) if reference else beside_cases(made, due)
    for measure in MEASURES:
        id = f"{_family(stream=stream)}.{measure.name}"
        yield Line(
            id,
            measure,
            stream,
            figure=measure.figure(id, sample),
            reference=measure.figure(id, beside_itself(theirs)),
            worst=tuple(measure.misses(sample))[:MOST_WORST],
            compared=bool(reference),
        )


def _family(*, stream: bool) -> str:
    return "fidelity.stream" if stream else "fidelity"


def fidelity(lines: Sequence[Line], trials: Sequence[Trial]) -> Fidelity:
    """Return the figures, and all they are made of."""
    return Fidelity(
        figures=tuple(line.figure for line in lines if line.figure),
        reference=tuple(line.reference for line in lines if line.reference),
        trials=tuple(trials),
    )


def result(line: Line) -> CheckResult:
    """Return what came of a measure: nothing, where there is nothing to hold it against."""
    outcome, reason = _outcome(line)
    return CheckResult(
        id=line.id,
        family=_family(stream=line.stream),
        outcome=outcome,
        level=Level.MUST,
        basis=Basis.BEHAVIOUR,
        requirement=line.measure.requirement,
        cite=CITE,
        judged=int(outcome is not Outcome.SKIP),
        failed=int(outcome is Outcome.FAIL),
        reason=reason,
    )


def _outcome(line: Line) -> tuple[Outcome, str]:
    if line.figure is None:
        return Outcome.SKIP, "nothing to count"
    if line.reference is None:
        return Outcome.SKIP, "the reference has nothing to count" if line.compared else "measured, without a reference"
    return (Outcome.FAIL if line.falls_short else Outcome.PASS), ""


def findings(lines: Sequence[Line], request: Callable[[str, bool], Request]) -> Iterator[Finding]:
    """Yield what falls short of the reference; *request* gives that of a case, streamed or not, as an example."""
    for line in lines:
        if line.figure and line.reference and line.falls_short:
            yield Finding(
                id=line.id,
                outcome=Outcome.FAIL,
                level=Level.MUST,
                basis=Basis.BEHAVIOUR,
                requirement=line.measure.requirement,
                expected=f"as the reference: {told(line.reference)}",
                actual=f"{told(line.figure)}; most of all in {', '.join(line.worst)}",
                scenario=line.worst[0],
                operation=CREATE,
                cite=CITE,
                remedy=line.measure.remedy,
                curl=curl(request(line.worst[0], line.stream), masked=False),
            )


def told(figure: Figure) -> str:
    """Return a figure in words."""
    return f"{figure.value:.1%} of {figure.count} ({figure.low:.1%} to {figure.high:.1%})"
