"""Each flaw of the kill matrix, and what a replay of the golden set says of it."""

import pytest

from cozecheck.diff import RULES, Severity
from cozecheck.findings import Level
from reference_server.flaws import FLAWS
from tests.replay.shown import Shown, found, hidden, needed, shown

BREAKING, CHANGED = shown("breaking"), shown("changed")


def name(row: Shown) -> str:
    return row.flaw


def test_every_flaw_has_one_entry() -> None:
    entries = [*map(name, (*BREAKING, *CHANGED)), *(flaw for each in hidden() for flaw in each.flaws)]

    assert sorted(entries) == sorted(FLAWS)


def test_rules_have_the_severity_that_the_table_says() -> None:
    assert {RULES[rule].severity for row in BREAKING for rule in row.rules} == {Severity.BREAKING}
    assert {RULES[rule].severity for row in CHANGED for rule in row.rules} <= {Severity.CHANGED, Severity.COSMETIC}


def test_every_class_of_what_is_not_shown_says_why() -> None:
    assert all(each.reason and each.flaws for each in hidden())


@pytest.mark.parametrize("row", BREAKING, ids=name)
def test_a_flaw_breaks_and_its_rule_is_named(row: Shown) -> None:
    broken = {(by, rule) for by, rule, level in found(row.flaw, by=needed(row.by)) if level is Level.MUST}

    assert {(row.by, rule) for rule in row.rules} <= broken


@pytest.mark.parametrize("row", CHANGED, ids=name)
def test_a_flaw_that_breaks_nobody_is_told_for_what_it_is(row: Shown) -> None:
    told = found(row.flaw, by=needed(row.by))

    assert {(row.by, rule) for rule in row.rules} <= {(by, rule) for by, rule, _ in told}
    assert Level.MUST not in {level for _, _, level in told}


def test_the_clean_server_shows_none_of_it() -> None:
    rows = (*BREAKING, *CHANGED)
    told = found(by=needed(*(row.by for row in rows)))

    assert Level.MUST not in {level for _, _, level in told}
    assert {(by, rule) for by, rule, _ in told} & {(row.by, rule) for row in rows for rule in row.rules} == set()
