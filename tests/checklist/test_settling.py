"""An item, and what settles it."""

from dataclasses import replace
from datetime import date

import pytest

from cozecheck.checklist import Signature
from cozecheck.findings import Fidelity, Figure, Outcome, Replay
from cozecheck.listed import State
from cozecheck.measured import Capacity, Load, Second
from cozecheck.used import Unclear, Use, UseKind
from tests.checklist.builders import CHAT, PLAIN, filled, item, report, result

MARY = Signature("rollback.rehearsed", "Mary", date(2026, 11, 1), "four minutes")


def state(id: str, *reports: object, **more: object) -> tuple[State, str]:
    found = item(id, filled(*reports, **more))  # type: ignore[arg-type]
    return found.state, found.why


def test_nothing_at_hand_leaves_everything_unknown() -> None:
    assert filled().counts == {State.UNMET: 0, State.UNKNOWN: len(filled().items), State.MET: 0, State.SIGNED: 0}


def test_checks_that_hold_meet_it() -> None:
    told = state("keys.checked", report(result("auth.status"), result("auth.code", Outcome.INCONCLUSIVE, reason="?")))
    assert told == (State.MET, "1 check holds; not settled: auth.code")


def test_a_check_that_fails_in_any_report_leaves_it_unmet() -> None:
    bad, good = report(result("auth.status", Outcome.FAIL)), report(result("auth.status"))
    assert state("keys.checked", bad, good) == (State.UNMET, "auth.status fails")


def test_what_the_baseline_accepts_meets_it() -> None:
    accepted = report(result("auth.status", Outcome.FAIL, baselined=True))
    assert state("keys.checked", accepted) == (State.MET, "1 check holds; departures of 1 accepted")


def test_a_warning_counts_where_it_is_strict() -> None:
    warned = report(result("auth.status", Outcome.WARN))
    assert state("keys.checked", warned)[0] is State.MET
    assert state("keys.checked", replace(warned, strict=True))[0] is State.UNMET


def test_a_check_of_ours_that_broke_says_nothing() -> None:
    assert state("keys.checked", report(result("auth.status", Outcome.ERROR)))[0] is State.UNKNOWN


def test_what_the_code_does_not_use_is_left_out() -> None:
    ids = {each.id for each in filled(report(uses=PLAIN, kind="scan")).items}
    assert "endpoints.chat" in ids
    assert not ids & {"endpoints.embeddings", "parameters.streaming", "tools.shape"}


def test_what_is_used_and_not_there_is_unmet() -> None:
    lacking = report(result("chat.schema", Outcome.UNSUPPORTED, reason="no chat here"))
    assert state("endpoints.chat", lacking)[0] is State.UNKNOWN
    told = state("endpoints.chat", lacking, report(uses=PLAIN, kind="scan"))
    assert told == (State.UNMET, "the application uses it, and the target says: no chat here")


def test_a_signature_settles_what_is_unknown() -> None:
    checklist = filled(signed=(MARY,))
    assert item("rollback.rehearsed", checklist).state is State.SIGNED
    assert item("rollback.rehearsed", checklist).signed == "Mary, 2026-11-01: four minutes"


def test_a_signature_does_not_outweigh_evidence() -> None:
    signed = replace(MARY, item="keys.checked")
    assert state("keys.checked", report(result("auth.status", Outcome.FAIL)), signed=(signed,))[0] is State.UNMET


def test_a_signature_ends() -> None:
    told = state("rollback.rehearsed", signed=(replace(MARY, until=date(2026, 11, 22)),))
    assert told == (State.UNKNOWN, "nobody has signed it; what Mary signed ended on 2026-11-22")


def test_what_is_required_and_unknown_is_unmet() -> None:
    assert state("rollback.rehearsed", required=("roll*",)) == (State.UNMET, "required, but nobody has signed it")
    assert state("rollback.rehearsed", required=("roll*",), signed=(MARY,))[0] is State.SIGNED


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("base_url=http://x/v1", (State.UNMET, "written into the code: a.py:9")),
        ("base_url", (State.MET, "set from outside")),
    ],
)
def test_the_base_url(name: str, expected: tuple[State, str]) -> None:
    uses = replace(PLAIN, found=(*PLAIN.found, Use(UseKind.SETTING, name, "", "a.py", 9)))
    assert state("base-url.configured", report(uses=uses)) == expected


def test_what_a_scan_left_unclear_is_unknown_until_somebody_has_read_it() -> None:
    uses = replace(PLAIN, unclear=(Unclear("a.py", 7, "?"),))
    assert state("inventory.understood", report(uses=uses)) == (State.UNKNOWN, "1 left unclear: a.py:7")
    signed = replace(MARY, item="inventory.understood")
    assert state("inventory.understood", report(uses=uses), signed=(signed,))[0] is State.SIGNED


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, (State.UNKNOWN, "not asked: m")),
        ({"m": ""}, (State.MET, "m answers")),
        ({"m": "no such model"}, (State.UNMET, "m: no such model")),
    ],
)
def test_models_that_the_code_names(asked: dict[str, str], expected: tuple[State, str]) -> None:
    assert state("models.answer", report(uses=PLAIN), asked=asked) == expected


def test_a_replay() -> None:
    compared = report(kind="replay", replay=Replay(read=5, sent=5, compared=4))
    assert state("inventory.recorded", compared) == (State.MET, "4 answers compared, nothing breaks")
    broken = replace(compared, checks=(result("diff.text", Outcome.FAIL, family="diff"),))
    assert state("inventory.recorded", broken) == (State.UNMET, "diff.text fails")
    nothing = replace(compared, replay=Replay(read=5))
    assert state("inventory.recorded", nothing)[0] is State.UNKNOWN


def test_a_load() -> None:
    load = Load(series=(Second(0.0, waiting=3.0),), capacity=Capacity(20.0, 40.0, 0.99))
    found = report(result("load.slo.ttft", family="load.slo"), kind="load", load=load)
    assert state("load.promises", found) == (State.MET, "1 SLOs kept")
    assert state("load.steps", found) == (State.MET, "holds 20, breaks at 40")
    assert state("observability.queue", found) == (State.MET, "the target tells it: 3 waited at most")
    unsure = report(result("load.slo.ttft", Outcome.INCONCLUSIVE, family="load.slo"), kind="load", load=load)
    assert state("load.promises", unsure) == (State.UNKNOWN, "not settled: load.slo.ttft")


def test_a_load_under_which_nothing_held() -> None:
    found = report(kind="load", load=Load(capacity=Capacity(0.0, 1.0, 0.99)))
    assert state("load.steps", found) == (State.UNMET, "no step held")


def test_tool_calls() -> None:
    tools = replace(PLAIN, found=(*PLAIN.found, Use(UseKind.TOOL, "*", CHAT, "a.py", 5)))
    figures = Fidelity(figures=(Figure("called", 0.97, 0.9, 1.0, 40),))
    told = state("tools.quality", report(uses=tools), report(kind="fidelity", fidelity=figures))
    assert told == (State.MET, "called 97%")
