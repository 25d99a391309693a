"""The tables of checks, held against the list of checks."""

from cozecheck.checks import ALL
from cozecheck.findings import DEPARTURE, Outcome
from tests.checks import (
    test_auth,
    test_chat,
    test_chat_stream,
    test_errors,
    test_models,
    test_request,
    test_sse,
    test_transport,
    test_usage,
)

FAMILIES = (
    test_transport,
    test_sse,
    test_errors,
    test_auth,
    test_models,
    test_chat,
    test_chat_stream,
    test_usage,
    test_request,
)
CASES = tuple(case for family in FAMILIES for case in family.CASES)


def _with(outcomes: set[Outcome]) -> set[str]:
    return {case.id for case in CASES if case.outcome in outcomes}


def test_every_check_is_seen_to_hold() -> None:
    assert _with({Outcome.PASS}) == {check.id for check in ALL}


def test_every_check_is_seen_to_find_a_departure() -> None:
    assert _with(set(DEPARTURE.values())) == {check.id for check in ALL}


def test_no_row_stands_twice() -> None:
    rows = [str(case) for case in CASES]
    assert len(set(rows)) == len(rows)
