"""Verdicts: pure functions of what was measured."""

from dataclasses import replace

import pytest

from cozecheck.findings import Level, Outcome
from cozecheck.load import verdict
from cozecheck.load.rules import ERRORS, kind_of
from cozecheck.load.slo import parse
from cozecheck.measured import Error, Health, Load, Measure, Observation, Totals
from tests.load.results import result, tally

FAST = tuple(0.05 + number / 10_000 for number in range(200))
BEFORE = Load(
    measures=(Measure("all", "ttft", 200, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05),),
    totals=Totals(throughput=15.0, error_rate=0.01),
)


def outcome(slo: str, *, before: Load | None = None, **tallies: object) -> tuple[Outcome, str]:
    measured = result(chat=tally(*FAST, failed=2, good=150), few=tally(0.1, 0.2))
    said = next(verdict.promises([parse(slo)], measured, before, is_valid=True))
    return said.result.outcome, said.result.reason


@pytest.mark.parametrize(
    ("slo", "expected"),
    [
        ("ttft_p95 < 500ms", Outcome.PASS),
        ("ttft_p95 < 60ms", Outcome.FAIL),
        ("ttft_p50 < 60ms", Outcome.INCONCLUSIVE),
        ("ttft_mean < 70ms", Outcome.PASS),
        ("ttft_max < 210ms", Outcome.PASS),
        ("chat.ttft_p95 < 60ms", Outcome.FAIL),
        ("error_rate < 10%", Outcome.PASS),
        ("error_rate < 0.1%", Outcome.FAIL),
        ("goodput > 50%", Outcome.PASS),
        ("goodput > 99%", Outcome.FAIL),
        ("throughput > 5/s", Outcome.PASS),
        ("throughput > 50/s", Outcome.FAIL),
    ],
)
def test_a_promise_is_kept_or_broken_or_open(slo: str, expected: Outcome) -> None:
    assert outcome(slo)[0] is expected


@pytest.mark.parametrize(
    ("slo", "says"),
    [
        ("few.ttft_p95 < 1s", "too few samples: 2 values, of which it takes 72"),
        ("ttft_p99 < 1s", "too few samples: 202 values, of which it takes 368"),
        ("tpot_p95 < 1s", "nothing was measured"),
        ("ttft_p50 < 60ms", "the limit lies within what is likely"),
        ("ttft_p95 < 1.2 x baseline", "the baseline did not measure it"),
    ],
)
def test_what_is_open_says_why(slo: str, says: str) -> None:
    found, reason = outcome(slo)
    assert found is Outcome.INCONCLUSIVE
    assert says in reason


@pytest.mark.parametrize(
    ("slo", "expected"),
    [
        ("ttft_p95 < 1.2 x baseline", Outcome.FAIL),
        ("ttft_p95 < 2 x baseline", Outcome.PASS),
        ("throughput > 0.1 x baseline", Outcome.PASS),
        ("error_rate < 10 x baseline", Outcome.PASS),
    ],
)
def test_a_baseline_is_a_limit(slo: str, expected: Outcome) -> None:
    assert outcome(slo, before=BEFORE)[0] is expected


def test_a_broken_promise_is_a_finding_with_its_interval() -> None:
    measured = result(chat=tally(*FAST))
    (said,) = verdict.promises([parse("ttft_p95 < 60ms")], measured, None, is_valid=True)
    (finding,) = said.findings
    assert finding.expected == "< 60 ms"
    assert "with 95 % confidence, 200 values" in finding.actual
    assert said.promise
    assert said.promise.low
    assert said.promise.low > 0.06


def test_a_generator_that_did_not_keep_up_gives_no_verdict() -> None:
    said = verdict.conclude(
        result(chat=tally(*FAST)), [parse("ttft_p95 < 60ms")], Health(faults=("it slept",)), (), (), None, None
    )
    assert said["load.generator"].result.outcome is Outcome.ERROR
    assert "it slept" in said["load.generator"].result.reason
    assert said["load.slo.ttft-p95"].result.outcome is Outcome.INCONCLUSIVE
    assert not said["load.slo.ttft-p95"].findings


def test_errors_are_named() -> None:
    found = (
        Error("cross-talk", "chat", 1, "of another"),
        Error("status 503", "chat", 7),
        Error("status 429", "chat", 9),
    )
    said = {each.result.id: each for each in verdict.errors(found, 100)}
    assert said["load.cross-talk"].result.outcome is Outcome.FAIL
    assert said["load.cross-talk"].findings[0].actual == "1 cross-talk in chat: of another"
    assert (said["load.status-5xx"].result.outcome, said["load.status-5xx"].result.failed) == (Outcome.WARN, 7)
    assert said["load.status-4xx"].result.outcome is Outcome.INFO
    assert said["load.cut"].result.outcome is Outcome.PASS


@pytest.mark.parametrize(
    "kind",
    ["connect", "timeout", "cut", "protocol", "malformed", "error event", "cross-talk", "status 500", "status 404"],
)
def test_every_kind_of_error_has_its_rule(kind: str) -> None:
    assert sum(kind_of(kind) == rule.kind for rule in ERRORS) == 1


def test_what_stands_out_and_who_left_is_said() -> None:
    seen = Observation("concurrency", "chat", "9 of 9 failed with 100 or more in flight")
    said = verdict.conclude(result(chat=tally(*FAST)), (), Health(), (), (seen,), None, 12.0)
    assert "100 or more in flight" in said["load.concurrency"].findings[0].actual
    assert said["load.answers"].findings[0].actual.endswith("12 s into the run")
    assert said["load.late"].result.outcome is Outcome.PASS


def test_no_rule_is_stronger_than_what_it_rests_on() -> None:
    assert all(rule.cite for rule in ERRORS if rule.level is Level.MUST and rule.basis.value in ("spec", "transport"))
    assert replace(ERRORS[0], kind="a b").id == "load.a-b"
