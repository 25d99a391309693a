"""Every row of the catalogue leads to checks that exist, or to a reason."""

from cozecheck.checks import ALL
from cozecheck.checks.successors import current
from docs.traceability import entries

IDS = {check.id for check in ALL}


def test_the_catalogue_is_whole() -> None:
    assert [row["number"] for row in entries("catalogue.toml", "row")] == list(range(1, 68))


def test_every_row_leads_to_checks_that_exist_or_to_a_reason() -> None:
    rows = entries("catalogue.toml", "row")
    assert {id for row in rows for id in row.get("checks", ()) if current(id) not in IDS} == set()
    assert [row["number"] for row in rows if not row.get("checks") and not row.get("reason")] == []


def test_what_is_not_checked_has_a_reason() -> None:
    gaps = entries("not_checked.toml", "gap")
    assert all(gap.keys() == {"what", "source", "reason"} and all(gap.values()) for gap in gaps)
    assert len({gap["what"] for gap in gaps}) == len(gaps)


def test_every_check_says_where_it_is_written() -> None:
    assert [check.id for check in ALL if not check.cite] == []
