"""The judge, judged: every check dies of a flaw, every flaw kills what it says, and nothing else."""

import random
from itertools import zip_longest

import pytest

from cozecheck.checks import ALL
from cozecheck.checks.registry import CHAT, family_of
from cozecheck.findings import Outcome, Report
from reference_server.flaws import FLAWS
from tests.suite import judge

ONLY_WHEN_REFUSED = {"errors.retry-after"}
"""Checks that have nothing to judge on a server in order: it never asks for patience."""
AT_RANDOM = "properties"
"""The family that scenarios draw nothing out for: tests/properties judges its flaws."""
SEEN = [name for name, flaw in FLAWS.items() if AT_RANDOM not in map(family_of, flaw.fails)]
RUNS = 20
LANES = (
    frozenset(CHAT),
    frozenset({"responses", "responses.stream", "conversations"}),
    frozenset({"completions", "embeddings", "moderations", "images", "audio"}),
    frozenset({"files", "batches"}),
)
"""Families that do not see each other's requests: a server may be wrong in one of each at once, which saves runs."""


def lane(flaw: str) -> int | None:
    """Return the lane that holds all that a flaw fails; None where it is seen all over the place."""
    families = {family_of(id) for id in FLAWS[flaw].fails}
    return next((number for number, lane in enumerate(LANES) if families <= lane), None)


def groups() -> list[tuple[str, ...]]:
    """Return all flaws, as many together as do not meet."""
    abreast = ([flaw for flaw in SEEN if lane(flaw) == number] for number in range(len(LANES)))
    together = [tuple(flaw for flaw in each if flaw) for each in zip_longest(*abreast)]
    return [*((flaw,) for flaw in SEEN if lane(flaw) is None), *together]


def of_lane(ids: set[str], number: int | None) -> set[str]:
    """Keep the checks of one lane; of no lane, all."""
    return ids if number is None else {id for id in ids if family_of(id) in LANES[number]}


def departures(report: Report) -> set[str]:
    return {finding.id for finding in report.findings}


def errors(report: Report) -> list[str]:
    return [f"{check.id}: {check.reason}" for check in report.checks if check.outcome is Outcome.ERROR]


@pytest.mark.parametrize("flaws", groups(), ids=" ".join)
def test_a_flaw_fails_exactly_the_checks_it_declares(flaws: tuple[str, ...]) -> None:
    report = judge(*flaws)

    found = departures(report)
    for flaw in flaws:
        assert of_lane(found, lane(flaw)) == set(FLAWS[flaw].fails), flaw
    assert found == {check for flaw in flaws for check in FLAWS[flaw].fails}
    assert errors(report) == []


def test_every_flaw_is_judged_once() -> None:
    assert sorted(flaw for flaws in groups() for flaw in flaws) == sorted(SEEN)


def test_every_check_is_failed_by_a_flaw() -> None:
    assert {check for flaw in FLAWS.values() for check in flaw.fails} == {check.id for check in ALL}


@pytest.mark.parametrize("run", range(RUNS))
def test_the_clean_server_fails_nothing_in_any_order(run: int) -> None:
    report = judge(order=random.Random(run), concurrency=1 + run % 8)

    assert departures(report) == set()
    unsaid = {check.id for check in report.checks if check.outcome is not Outcome.PASS}
    assert {id for id in unsaid if family_of(id) != AT_RANDOM} == ONLY_WHEN_REFUSED
    assert report.exit_code == 0
