"""The judge, judged: every check dies of a flaw, every flaw kills what it says, and nothing else."""

import random

import pytest

from cozecheck.checks import ALL
from cozecheck.findings import Outcome, Report
from reference_server.flaws import FLAWS
from tests.suite import judge

ONLY_WHEN_REFUSED = {"errors.retry-after"}
"""Checks that have nothing to judge on a server in order: it never asks for patience."""
RUNS = 20


def departures(report: Report) -> set[str]:
    return {finding.id for finding in report.findings}


def errors(report: Report) -> list[str]:
    return [f"{check.id}: {check.reason}" for check in report.checks if check.outcome is Outcome.ERROR]


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_fails_exactly_the_checks_it_declares(flaw: str) -> None:
    report = judge(flaw)

    assert departures(report) == set(FLAWS[flaw].fails)
    assert errors(report) == []


def test_every_check_is_failed_by_a_flaw() -> None:
    assert {check for flaw in FLAWS.values() for check in flaw.fails} == {check.id for check in ALL}


@pytest.mark.parametrize("run", range(RUNS))
def test_the_clean_server_fails_nothing_in_any_order(run: int) -> None:
    report = judge(order=random.Random(run), concurrency=1 + run % 8)

    assert departures(report) == set()
    assert {check.id for check in report.checks if check.outcome is not Outcome.PASS} == ONLY_WHEN_REFUSED
    assert report.exit_code == 0
