"""Replicas, overflow and money, out of a load report built by hand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cozecheck.cli import run
from cozecheck.errors import NoVerdictError
from cozecheck.findings import Report
from cozecheck.histograms import Histogram
from cozecheck.measured import Capacity, Health, Measure, Promise, Second, Totals
from cozecheck.plan import Course
from cozecheck.plan import run as plan
from cozecheck.planned import Plan, Wanted
from cozecheck.render.json import render
from tests.render.loads import loaded

FIRST, EACH, PROMPT, OUTPUT, USERS, RATE = 0.1, 0.01, 100, 41, 10, 20
HELD = tuple(Second(float(at), USERS, USERS, RATE, RATE) for at in range(1, 31))


def measure(metric: str, mean: float, histogram: str = "") -> Measure:
    times = Histogram()
    times.record_all([mean] * 100)
    return Measure("all", metric, 100, mean, mean, mean, mean, mean, mean, (), histogram or times.to_text())


def report(**changes: Any) -> Report:
    """Ten users whose answers take half a second: twenty a second."""
    values = {
        "totals": Totals(600, 600, 0, 600 * PROMPT, 600 * OUTPUT),
        "measures": (measure("ttft", FIRST), measure("tpot", EACH), measure("e2e", 0.5)),
        "series": HELD,
        "capacity": Capacity(USERS, USERS + 2, 0.95, ()),
    }
    made = loaded(**{**values, **changes})
    return replace(made, checks=(), findings=())


def planned(measured: Report | None = None, **wanted: Any) -> Plan:
    asked = {"qps": 100.0, "prompt": float(PROMPT), "output": float(OUTPUT), **wanted}
    made = plan(measured or report(), "load.json", lambda prompt, output: Wanted(**asked), Course(lambda: 0.0)).plan
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
    silent = planned(report(measures=(measure("e2e", 0.5),)), prompt=200.0, output=82.0)
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
    beyond = tuple(Second(float(at), 20, 20, 30, 30) for at in range(31, 40))
    assert planned(report(series=(*HELD, *beyond))).replica.rate == pytest.approx(20)


def test_the_same_seed_gives_the_same_plan() -> None:
    assert planned() == planned()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"health": Health(faults=("late",))}, "its generator did not keep up"),
        ({"series": ()}, "shows no 5 seconds in a row"),
        ({"capacity": Capacity(0, 1, 0.95)}, "not even the smallest load held"),
        ({"measures": ()}, "holds no answer's duration"),
        ({"measures": (measure("e2e", 1.0, "x"),)}, "not a histogram"),
    ],
)
def test_what_shows_no_capacity_gives_no_plan(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(NoVerdictError, match=says):
        planned(report(**changes))


def test_a_broken_promise_shows_no_capacity() -> None:
    with pytest.raises(NoVerdictError, match="run `cozecheck load stress`"):
        planned(loaded(capacity=None))


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
