"""Failures that were kept, sent again: which are meant, and whether they are fixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial

import typer

from cozecheck import scenarios
from cozecheck.cli import output
from cozecheck.cli.options import blaming
from cozecheck.cli.selection import Order
from cozecheck.errors import UsageError
from cozecheck.findings import Report
from cozecheck.properties import Search, failures
from cozecheck.render import text
from cozecheck.scenarios import Scenario

FIXED, STILL, UNKNOWN = "FIXED", "STILL FAILS", "NO VERDICT"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is sent, and judged by which checks; *alone* where it is kept failures and nothing else."""

    scenarios: tuple[Scenario, ...]
    checks: tuple[str, ...]
    alone: bool

    def search(self, examples: int, seconds: float | None) -> Search:
        """Return how requests are drawn at random, if any are."""
        return Search(0 if self.alone else examples, seconds, failures.FOLDER)


def wanted(context: typer.Context, select: Sequence[str], again: str | None) -> Wanted:
    """Tell failures from checks among what is to be selected; raises UsageError for what was not kept."""
    if again:
        with blaming(context, "again"):
            ids = [again]
            kept = [failures.read(again, failures.FOLDER)]
        others: list[str] = []
    else:
        with blaming(context, "select"):
            ids = [id for each in select if each.startswith(failures.PREFIX) for id in _ids(each)]
            kept = [failures.read(id, failures.FOLDER) for id in dict.fromkeys(ids)]
        others = [each for each in select if not each.startswith(failures.PREFIX)]
    sent = tuple(failures.scenario(each, failures.FOLDER) for each in kept)
    checks = (*others, *(each.check.id for each in kept))
    alone = bool(kept) and not others
    return Wanted(sent if alone else (*scenarios.ALL, *sent), checks, alone)


def _ids(pattern: str) -> list[str]:
    """Return the failures that a pattern names."""
    named = pattern.removeprefix(failures.PREFIX)
    found = [id for id in failures.ids(failures.FOLDER) if fnmatchcase(id, named)]
    if not found and any(mark in named for mark in "*?["):
        raise UsageError(f"no failure is called {named!r}: none that fits was kept in {failures.FOLDER}")
    return found or [named]


def finish(report: Report, id: str, order: Order, *, quiet: bool) -> None:
    """Write the reports, say whether the failure is fixed, and exit: 0 for FIXED, 1 for STILL FAILS."""
    code = 1 if report.findings else report.exit_code
    word = {0: FIXED, 1: STILL}.get(code, UNKNOWN)
    output.finish(report, order.to, (), quiet=quiet, summarise=partial(_summary, id=id, word=word), exit_code=code)


def _summary(report: Report, *, colour: bool, width: int, id: str, word: str) -> str:
    requirement = "; ".join(f"{check.id}: {check.requirement}" for check in report.checks)
    return f"{text.render(report, colour=colour, width=width)}{word}  {id}  {requirement}\n"
