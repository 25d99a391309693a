"""Checks as test items: collected one by one, judged in one run, whichever worker begins it."""

from collections.abc import Iterator
from typing import Any

import pytest

from cozecheck.checks import Check
from cozecheck.errors import NoVerdictError
from cozecheck.findings import CheckResult, Outcome, Report
from cozecheck.pytest_plugin import running
from cozecheck.pytest_plugin.selecting import is_strict, selected
from cozecheck.pytest_plugin.target import named
from cozecheck.render.summary import departures
from cozecheck.render.text import departure

NODE = "cozecheck"


class Checks(pytest.Collector):
    """Stands where a file would: what its items are called begins with its name."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each check that is selected."""
        for check in selected(self.config)[1]:
            yield CheckItem.from_parent(self, name=check.id, check=check)


class CheckFailedError(Exception):
    """The target departs from a check; the text tells how."""


class CheckItem(pytest.Item):
    """One check, held against the target."""

    def __init__(self, *, check: Check, **rest: Any) -> None:
        super().__init__(**rest)
        self.check = check
        self.user_properties.extend((("level", check.level.value), ("basis", check.basis.value)))

    def runtest(self) -> None:
        """Say what came of the check; the first that asks has the target judged by all that are to be run."""
        wanted = [item.check for item in self.session.items if isinstance(item, CheckItem)]
        report = running.report(self.config, wanted)
        result = next(each for each in report.checks if each.id == self.check.id)
        self._tell(report, result)

    def _tell(self, report: Report, result: CheckResult) -> None:
        bad = {Outcome.FAIL, Outcome.WARN} if is_strict(self.config, selected(self.config)[0]) else {Outcome.FAIL}
        if result.outcome is Outcome.ERROR:
            raise CheckFailedError(f"{result.id}: a fault of cozecheck, not of the target: {result.reason}")
        if result.outcome in (Outcome.SKIP, Outcome.UNSUPPORTED, Outcome.INCONCLUSIVE):
            pytest.skip(f"{result.outcome}: {result.reason}")
        if result.outcome in bad:
            (group,) = (each for each in departures(report) if each.first.id == result.id)
            raise CheckFailedError(departure(group))
        if result.outcome is not Outcome.PASS:
            self.add_report_section("call", "cozecheck", f"{result.outcome}: {result.requirement}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Tell what departs, and not where in our code that was found."""
        if isinstance(excinfo.value, CheckFailedError | NoVerdictError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


def collected(session: pytest.Session) -> list[pytest.Item]:
    """Return an item for each check that is selected."""
    named(session.config)  # what is wrong with it is told before anything is run
    node = Checks.from_parent(session, name=NODE, nodeid=NODE)
    return list(node.collect())
