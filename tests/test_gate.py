"""Policy over every report: one verdict."""

from dataclasses import replace

from cozecheck import gate
from cozecheck.checklist import Terms
from cozecheck.findings import Outcome, Report, Run
from cozecheck.gate import Policy, broken_off, decide
from cozecheck.locating import locate
from cozecheck.used import Use, UseKind, Uses
from tests.checklist.builders import CHAT, TODAY, finding, report, result

RUN = Run("2026-11-23T10:00:00Z", 3.0)
PASSED = report(result("chat.schema"))
FAILED = report(result("chat.schema", Outcome.FAIL), findings=(finding("chat.schema", operation=CHAT),))


def decided(*reports: Report, before: Report | None = None, required: tuple[str, ...] = ()) -> Report:
    return decide("gate", reports, Policy(Terms((), required, TODAY), before=before), RUN)


def test_what_passes_opens_it() -> None:
    assert decided(PASSED).exit_code == 0


def test_what_fails_shuts_it() -> None:
    assert decided(PASSED, FAILED).exit_code == 1


def test_an_unmet_item_shuts_it() -> None:
    assert decided(PASSED, required=("rollback.*",)).exit_code == 1


def test_a_road_without_a_verdict_leaves_the_gate_without_one() -> None:
    found = decided(PASSED, broken_off("replay", "nobody there"))
    assert found.exit_code == 3
    assert [check.reason for check in found.checks if check.outcome is Outcome.ERROR] == ["nobody there"]


def test_nothing_judged_is_no_verdict() -> None:
    assert replace(decided(), checklist=None).exit_code == 3


def test_old_failures_are_listed_only() -> None:
    found = decided(FAILED, before=FAILED)
    assert found.exit_code == 0
    assert [each.baselined for each in found.findings] == [True]
    assert "failed in the report of 2026-11-23T10:00:00Z already" in found.notes[0]


def test_new_failures_beside_old_ones_shut_it() -> None:
    worse = replace(FAILED, findings=(*FAILED.findings, finding("chat.schema", operation="responses.create")))
    assert decided(worse, before=FAILED).exit_code == 1


def test_what_fails_no_more_is_told() -> None:
    assert decided(PASSED, before=FAILED).notes[0].endswith("and fail no more: chat.schema")


def test_the_reports_are_pooled() -> None:
    one, two = (replace(PASSED, run=replace(RUN, requests=number, interrupted=number == 2)) for number in (1, 2))
    found = decided(one, two)
    assert (found.run.requests, found.run.interrupted) == (3, True)
    assert [(check.id, check.judged) for check in found.checks] == [("chat.schema", 2)]


def test_findings_are_placed_in_the_code_that_relies_on_them() -> None:
    uses = Uses(
        1,
        (
            Use(UseKind.OPERATION, CHAT, CHAT, "a.py", 3),
            Use(UseKind.PARAMETER, "seed", CHAT, "a.py", 5),
            Use(UseKind.STREAM, "stream", CHAT, "b.py", 7),
            Use(UseKind.OPERATION, CHAT, CHAT, "tape.har", 0),
        ),
    )
    ids = ("chat.schema", "request.seed", "chat.stream.role-first", "embeddings.order")
    operations = (CHAT, CHAT, CHAT, "embeddings.create")
    found = report(findings=tuple(finding(id, operation=each) for id, each in zip(ids, operations, strict=True)))
    assert [each.code for each in locate(found, uses).findings] == [("a.py:3",), ("a.py:5",), ("b.py:7",), ()]


def test_its_kind_is_named() -> None:
    assert gate.decide("checklist", (), Policy(Terms((), (), TODAY)), RUN).kind == "checklist"
