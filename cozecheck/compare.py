"""Reports side by side: what each came to, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cozecheck.findings import CheckResult, Level, Outcome, Report

FAILING = (Outcome.FAIL, Outcome.ERROR)


class Change(StrEnum):
    """How a check stands in the last report beside the first."""

    NEW = "new"
    """It fails, and did not."""
    FIXED = "fixed"
    STILL = "still"
    """It fails in both."""
    OTHER = "other"
    """It came to something else, and fails in neither."""
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Row:
    """A check, what came of it in each report (None where it was not selected), and how it changed."""

    check: str
    family: str
    level: Level
    requirement: str
    outcomes: tuple[Outcome | None, ...]
    change: Change

    @property
    def differs(self) -> bool:
        """Whether the reports do not agree."""
        return len(set(self.outcomes)) > 1


@dataclass(frozen=True, slots=True)
class Tally:
    """How many checks of a family were judged in a report, and how many held."""

    passed: int
    judged: int


@dataclass(frozen=True)
class Comparison:
    """Reports, named, family by report and check by report."""

    names: tuple[str, ...]
    reports: tuple[Report, ...]
    families: tuple[tuple[str, tuple[Tally, ...]], ...]
    rows: tuple[Row, ...]

    def of(self, change: Change) -> tuple[Row, ...]:
        """Return the checks that changed so."""
        return tuple(row for row in self.rows if row.change is change)


def compare(named: Sequence[tuple[str, Report]]) -> Comparison:
    """Lay reports side by side, in the order that they are given."""
    names, reports = tuple(name for name, _ in named), tuple(report for _, report in named)
    results = tuple({check.id: check for check in report.checks} for report in reports)
    known = {id: check for each in reversed(results) for id, check in each.items()}
    order = list(dict.fromkeys(check.id for report in reports for check in report.checks))
    rows = tuple(_row(known[id], [each.get(id) for each in results]) for id in order)
    families = dict.fromkeys(row.family for row in rows)
    return Comparison(
        names,
        reports,
        tuple((family, tuple(_tally(report, family) for report in reports)) for family in families),
        rows,
    )


def _row(check: CheckResult, found: Sequence[CheckResult | None]) -> Row:
    outcomes = tuple(each.outcome if each else None for each in found)
    return Row(check.id, check.family, check.level, check.requirement, outcomes, _change(outcomes[0], outcomes[-1]))


def _change(before: Outcome | None, after: Outcome | None) -> Change:
    failed, fails = before in FAILING, after in FAILING
    if failed and fails:
        return Change.STILL
    if fails:
        return Change.NEW
    if failed:
        return Change.FIXED
    return Change.SAME if before is after else Change.OTHER


def _tally(report: Report, family: str) -> Tally:
    own = [check for check in report.checks if check.family == family and check.judged]
    return Tally(sum(check.outcome is Outcome.PASS for check in own), len(own))
