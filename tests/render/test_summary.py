"""What every format tells."""

import pytest

from cozecheck.findings import BaselineUse, Outcome, Report, Run, Target
from cozecheck.render.summary import because, departures, matrix, place, skips, spent
from tests.render.examples import check, finding, passing, report


def test_the_table_has_only_columns_in_use() -> None:
    table = matrix(report(checks=(check("chat.id", Outcome.PASS), check("auth.code", Outcome.SKIP))))
    assert table.columns == ("pass", "skip")
    assert table.rows == (("chat", (1, 0)), ("auth", (0, 1)))
    assert table.totals == (1, 1)


def test_the_worst_comes_first_then_the_order_of_checks() -> None:
    told = report(
        finding("usage.details", Outcome.WARN),
        finding("chat.id"),
        finding("auth.status"),
        checks=(check("auth.status", Outcome.FAIL), check("chat.id", Outcome.FAIL)),
    )
    assert [group.first.id for group in departures(told)] == ["auth.status", "chat.id", "usage.details"]


def test_findings_of_one_check_are_one_group() -> None:
    told = report(finding("chat.id", at="/a"), finding("chat.object"), finding("chat.id", at="/b"))
    assert [len(group.findings) for group in departures(told)] == [2, 1]


def test_examples_come_from_as_many_exchanges_as_possible() -> None:
    told = report(*(finding("chat.id", exchange=exchange) for exchange in ("1", "1", "1", "2")))
    assert [each.exchange for each in departures(told)[0].examples(3)] == ["1", "2", "1"]


def test_a_command_is_told_once() -> None:
    told = report(*(finding("chat.id", exchange=exchange, curl="curl x") for exchange in ("1", "2")))
    assert [each.curl for each in departures(told)[0].examples(3)] == ["curl x", ""]


def test_a_finding_without_its_check_is_still_told() -> None:
    told = report(finding("chat.id"))
    told = Report(told.kind, told.tool, told.target, told.run, checks=(), findings=told.findings)
    assert [group.extent for group in departures(told)] == ["1 finding"]


def test_skips_are_counted_by_reason() -> None:
    told = report(
        checks=tuple(
            check(f"chat.{number}", Outcome.SKIP, reason="one" if number == 0 else "many") for number in range(3)
        )
    )
    assert [(reason, len(checks)) for reason, checks in skips(told)] == [("many", 2), ("one", 1)]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (passing(), "3 checks judged, none failed"),
        (report(), "nothing was judged"),
        (report(finding("chat.id")), "1 check failed"),
        (report(finding("chat.id", baselined=True)), "1 check judged, none failed that the baseline does not list"),
        (report(finding("usage.details", Outcome.WARN)), "1 check judged, none failed"),
        (report(finding("usage.details", Outcome.WARN), strict=True), "1 check failed (strict: a warning counts)"),
        (report(baseline=BaselineUse(stale=("a", "b"))), "2 baseline entries stale"),
    ],
)
def test_the_verdict_is_explained(told: Report, words: str) -> None:
    assert because(told) == words


def test_files_have_exchanges_and_a_server_has_requests() -> None:
    run = Run("2026-11-22T10:00:00Z", 1.04, requests=89)
    assert spent(report(run=run)) == "89 requests, 1.0 s"
    assert spent(report(run=run, target=Target(files=("a.jsonl",)))) == "89 exchanges, 1.0 s"


def test_a_place_leaves_out_what_is_not_known() -> None:
    assert place(finding("chat.id", scenario="", exchange="12", at="")) == "exchange 12"
