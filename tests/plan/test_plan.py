"""Replicas, overflow and money, out of a load report built by hand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cozecheck.cli import run
from cozecheck.errors import NoVerdictError
from cozecheck.findings import Outcome, Report
from cozecheck.measured import Capacity, Health, Measure, Promise, Second, Step, Totals
from cozecheck.plan import Course
from cozecheck.plan import run as plan
from cozecheck.planned import Plan, Wanted
from cozecheck.render.json import render
from tests.render.examples import check
from tests.render.loads import loaded

FIRST, EACH, PROMPT, OUTPUT, USERS, RATE = 0.1, 0.01, 100, 41, 10, 20


def seconds(users: int, rate: int, begin: int = 1, **changes: Any) -> tuple[Second, ...]:
    """Build half a minute of so many users and answers a second; who is told to wait is in flight."""
    shown = {"in_flight": users, "ttft_p50": FIRST, "e2e_p50": users / rate, "e2e_p95": users / rate, **changes}
    return tuple(Second(float(at), users, started=rate, finished=rate, **shown) for at in range(begin, begin + 30))


def measure(metric: str, mean: float) -> Measure:
    return Measure("all", metric, 100, mean, mean, mean, mean, mean, mean)


def report(**changes: Any) -> Report:
    """Ten users whose answers take half a second: twenty a second."""
    values = {
        "totals": Totals(600, 600, 0, 600 * PROMPT, 600 * OUTPUT),
        "measures": (measure("tpot", EACH), measure("e2e", 0.5)),
        "series": seconds(USERS, RATE),
        "capacity": Capacity(USERS, USERS + 2, 0.95, ()),
    }
    made = loaded(**{**values, **changes})
    return replace(made, checks=(), findings=())


def planned(measured: Report | None = None, **wanted: Any) -> Plan:
    asked = {"qps": 100.0, "prompt": float(PROMPT), "output": float(OUTPUT), **wanted}
    made = plan(
        measured or report(), "load.json", lambda prompt, output: Wanted(**asked), Course(lambda: 0.0, requests=2_000)
    ).plan
    assert made
    return made


def test_so_many_replicas_that_none_is_beyond_the_threshold() -> None:
    made = planned()
    assert made.replica.rate == pytest.approx(20)
    assert made.replica.usable == pytest.approx(16)
    assert made.replica.seconds == pytest.approx(0.5)
    assert made.replica.slots == USERS
    assert made.replicas == 7
    assert made.overflow == 0
    assert made.waiting.busy == pytest.approx(100 / 140)
    assert planned(qps=16.0).replicas == 1
    assert planned(qps=16.1).replicas == 2


def test_longer_requests_take_more_of_a_replica() -> None:
    longer = planned(prompt=200.0, output=81.0)
    assert longer.replica.seconds == pytest.approx(0.5 * (2 * FIRST + 80 * EACH) / (FIRST + 40 * EACH))
    assert longer.replica.rate == pytest.approx(10)
    assert planned(output=1.0, prompt=50.0).replica.rate == pytest.approx(200)


def test_where_no_stream_was_measured_all_tokens_count() -> None:
    silent = planned(report(series=seconds(USERS, RATE, ttft_p50=None)), prompt=200.0, output=82.0)
    assert silent.replica.rate == pytest.approx(10)
    assert any("no stream was measured" in each for each in silent.assumptions)


def test_what_fixed_replicas_do_not_hold_overflows() -> None:
    made = planned(replicas=5)
    assert made.overflow == pytest.approx(0.2)
    assert made.waiting.busy == pytest.approx(0.8)


def test_money() -> None:
    made = planned(replicas=5, replica_price=2.0, price_in=1.0, price_out=5.0)
    request = (PROMPT * 1.0 + OUTPUT * 5.0) / 1e6
    assert made.cost.own == 10
    assert made.cost.commercial == pytest.approx(100 * 3600 * request)
    assert made.cost.overflow == pytest.approx(0.2 * 100 * 3600 * request)
    assert made.cost.break_even == pytest.approx(2.0 / (3600 * request))
    assert planned().cost.commercial is None


def test_where_nothing_broke_it_is_a_bound() -> None:
    made = planned(report(capacity=None))
    assert made.replica.is_bound
    assert any("it may hold more" in each for each in made.assumptions)
    assert not planned().replica.is_bound


def test_a_search_counts_no_more_than_what_held() -> None:
    beyond = seconds(20, 30, 31)
    assert planned(report(series=(*seconds(USERS, RATE), *beyond))).replica.rate == pytest.approx(20)


def test_what_only_waits_is_not_worked_on() -> None:
    series = (*seconds(2, 10), *seconds(5, 20, 31), *seconds(10, 20, 61))
    made = planned(report(series=series)).replica
    assert made.slots == 5
    assert made.seconds == pytest.approx(0.25)


def test_what_the_target_says_that_it_works_on_is_believed() -> None:
    assert planned(report(series=seconds(USERS, RATE, running=4.0))).replica.slots == 4


def test_answers_too_quick_to_be_seen_in_flight_count_by_how_long_they_took() -> None:
    made = planned(report(series=seconds(USERS, RATE, in_flight=0, e2e_p50=0.01)), qps=16.0)
    assert made.replica.slots == 1
    assert made.replica.seconds == pytest.approx(0.01)
    assert made.waiting.busy == pytest.approx(0.16)


def test_a_search_over_rates_counts_up_to_the_rate_that_held() -> None:
    steps = tuple(Step(rate, 99, 99, 0.9, 1.0, rate < 40, "") for rate in (10.0, 20.0, 40.0))
    series = (*seconds(1, 10), *seconds(1, 20, 31), *seconds(1, 40, 61))
    found = Capacity(20.0, 40.0, 0.95, steps)
    made = planned(report(series=series, capacity=found, health=Health(target_rate=20.0)))
    assert made.replica.rate == pytest.approx(20)


def test_the_end_where_nothing_is_sent_does_not_count() -> None:
    drained = seconds(USERS, 1, 31, in_flight=0)
    silent = tuple(replace(each, started=0, finished=0) for each in drained)
    assert planned(report(series=(*seconds(USERS, RATE), *silent))).replica.rate == pytest.approx(20)


@pytest.mark.parametrize(
    ("tokens_in", "tokens_out", "replicas"),
    [(0, 0, 7), (0, 600 * OUTPUT, 7), (600 * PROMPT, 0, 13)],
)
def test_sizes_that_no_answer_told_are_not_scaled(tokens_in: int, tokens_out: int, replicas: int) -> None:
    made = planned(report(totals=Totals(600, 600, 0, tokens_in, tokens_out)), prompt=200.0 if tokens_in else 800.0)
    assert made.replicas == replicas
    assert any("does not tell how many tokens" in each for each in made.assumptions)


def test_sizes_far_from_those_measured_are_called_a_guess() -> None:
    assert any("far from what is planned" in each for each in planned(prompt=800.0).assumptions)
    assert not any("far from what is planned" in each for each in planned(prompt=150.0).assumptions)


def test_without_any_tokens_there_is_no_price() -> None:
    made = planned(report(totals=Totals(600, 600)), prompt=0.0, output=0.0, price_in=1.0, price_out=1.0)
    assert made.cost.commercial is None


def test_the_same_seed_gives_the_same_plan() -> None:
    assert planned() == planned()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"health": Health(faults=("late",))}, "its generator did not keep up"),
        ({"series": seconds(USERS, RATE, running=1e308)}, "numbers that no load measures"),
        ({"series": ()}, "shows no 5 seconds of answers to a steady load that held"),
        ({"series": seconds(USERS, RATE)[:5]}, "shows no 5 seconds of answers"),
        ({"series": seconds(USERS + 1, RATE)}, "shows no 5 seconds of answers"),
        ({"capacity": Capacity(0, 1, 0.95)}, "not even the smallest load held"),
    ],
)
def test_what_shows_no_capacity_gives_no_plan(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(NoVerdictError, match=says):
        planned(report(**changes))


def test_a_broken_promise_shows_no_capacity() -> None:
    with pytest.raises(NoVerdictError, match="run `cozecheck load stress`"):
        planned(loaded(capacity=None))


def test_a_promise_that_is_not_settled_shows_none_either() -> None:
    unsettled = (check("load.slo.error-rate", Outcome.INCONCLUSIVE, family="load.slo"),)
    with pytest.raises(NoVerdictError, match=r"load\.slo\.error-rate is inconclusive"):
        planned(replace(report(capacity=None), checks=unsettled))


def test_departures_that_are_not_of_load_say_nothing_of_capacity() -> None:
    other = (check("chat.stream.done-terminator", Outcome.FAIL),)
    assert planned(replace(report(capacity=None), checks=other)).replica.is_bound


def test_another_kind_of_report_gives_none() -> None:
    with pytest.raises(NoVerdictError, match="one of the kind load is needed"):
        planned(replace(report(), load=None))


def test_the_command_tells_it_and_its_assumptions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "load.json").write_text(render(report(slos=(Promise("load.slo.a", "p95 < 1s", 1.0, 9),))))
    told = tmp_path / "plan.json"
    words = ["plan", "--from", str(tmp_path / "load.json"), "--qps", "100", "--price-in", "1", "--price-out", "5"]
    assert run([*words, "--replica-price", "2", "--replicas", "5", "--report", f"json={told}"]) == 0
    said = capsys.readouterr().out
    for part in ("5 replicas for 100 requests/s", "overflow", "20.0% of the requests", "break-even", "Poisson"):
        assert part in said
    assert json.loads(told.read_text())["plan"]["replicas"] == 5


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--qps", "inf"), "--qps"),
        (("--qps", "9", "--price-in", "1"), "--price-in and --price-out go together"),
    ],
)
def test_what_cannot_be_planned_with_is_said_in_a_line(
    words: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "load.json").write_text(render(report()))
    assert run(["plan", "--from", str(tmp_path / "load.json"), *words]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
