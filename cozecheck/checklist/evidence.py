"""The reports at hand, as one body of evidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from cozecheck.findings import CheckResult, Report
from cozecheck.measured import Load
from cozecheck.used import Uses


@dataclass(frozen=True)
class Evidence:
    """Reports, and what can be asked of all of them together."""

    reports: tuple[Report, ...]
    whole: Report
    """All of them as one, what is accepted marked."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """Models that were asked, each with the reason why it did not answer, or nothing where it did."""

    @property
    def uses(self) -> Uses | None:
        """What the application uses; None where nobody scanned."""
        return self.whole.uses

    @property
    def loads(self) -> Iterator[Load]:
        """What was measured under load, the newest first."""
        return (report.load for report in reversed(self.reports) if report.load)

    def matching(self, patterns: Sequence[str]) -> tuple[CheckResult, ...]:
        """Return the checks whose id a glob matches, or whose family is named."""
        return tuple(each for each in self.whole.checks if any(_fits(each, pattern) for pattern in patterns))


def _fits(check: CheckResult, pattern: str) -> bool:
    return check.family == pattern or fnmatchcase(check.id, pattern)
