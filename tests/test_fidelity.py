"""Statistics of tool calls."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozecheck.fidelity import Call, Case, Rate, Run, agreement, compare, expected, fits, parses, trigger_f1

SCHEMA = {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}
WEATHER = Case("weather", (), {"get_weather": SCHEMA}, frozenset({"get_weather"}), {})
GREETING = Case("greeting", (), {"get_weather": SCHEMA}, frozenset(), {})
CASES = (WEATHER, GREETING)
GOOD = Call("get_weather", '{"place": "Oslo"}')
WRONG = Call("get_weather", '{"town": "Oslo"}')
BROKEN = Call("get_weather", '{"place": "Os')
FOREIGN = Call("get_time", "{}")
BEST: Run = {"weather": (GOOD,), "greeting": ()}


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [
        (Rate(0, 10), 0.0, 0.2775),
        (Rate(10, 10), 0.7225, 1.0),
        (Rate(5, 10), 0.2366, 0.7634),
        (Rate(81, 263), 0.2553, 0.3662),
    ],
)
def test_wilson_intervals_are_as_published(rate: Rate, low: float, high: float) -> None:
    assert rate.interval == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_the_share_and_lies_between_0_and_1(counts: tuple[int, int]) -> None:
    rate = Rate(*counts)
    low, high = rate.interval
    assert 0 <= low <= rate.value <= high <= 1


def test_more_trials_make_a_narrower_interval() -> None:
    few, many = Rate(9, 10).interval, Rate(900, 1000).interval
    assert many[1] - many[0] < few[1] - few[0]


def test_nothing_has_no_share_and_every_interval() -> None:
    assert math.isnan(Rate(0, 0).value)
    assert Rate(0, 0).interval == (0, 1)


@pytest.mark.parametrize(
    ("reference", "run", "score"),
    [
        (BEST, BEST, 1.0),
        (BEST, {"weather": (), "greeting": (GOOD,)}, 0.0),
        (BEST, {"weather": (GOOD,), "greeting": (GOOD,)}, 2 / 3),
        ({"greeting": ()}, {"greeting": ()}, 1.0),
        (BEST, {"weather": (WRONG,)}, 1.0),
    ],
)
def test_agreement_is_the_f1_score_of_calling_at_all(reference: Run, run: Run, score: float) -> None:
    assert trigger_f1(reference, run) == pytest.approx(score)
    assert trigger_f1(run, reference) == pytest.approx(score)


def test_arguments_are_counted_that_parse_and_that_fit() -> None:
    runs: list[Run] = [{"weather": (GOOD, WRONG)}, {"weather": (BROKEN, FOREIGN)}]
    assert parses(runs) == Rate(3, 4)
    assert fits(CASES, runs) == Rate(1, 4)


def test_answers_are_counted_that_call_what_is_expected() -> None:
    assert expected(CASES, [BEST]) == Rate(2, 2)
    assert expected(CASES, [{"weather": (), "greeting": (GOOD,)}]) == Rate(0, 2)
    assert expected(CASES, [{"weather": (GOOD, FOREIGN)}]) == Rate(0, 1)


def test_a_server_like_the_reference_holds() -> None:
    assert all(measure.holds for measure in compare(CASES, [BEST] * 5, [BEST] * 5))


def test_a_server_that_never_calls_does_not() -> None:
    silent: Run = {"weather": (), "greeting": ()}
    told = {measure.name: measure.holds for measure in compare(CASES, [BEST] * 20, [silent] * 20)}
    assert not told["calls where the reference calls (F1)"]
    assert not told["calls as expected"]


def test_a_server_that_breaks_its_arguments_does_not() -> None:
    broken: Run = {"weather": (BROKEN,), "greeting": ()}
    told = {measure.name: measure.holds for measure in compare(CASES, [BEST] * 20, [broken] * 20)}
    assert told["calls where the reference calls (F1)"]
    assert not told["arguments parse"]
    assert not told["arguments fit the schema"]


def test_the_bar_is_as_low_as_the_reference_differs_from_itself() -> None:
    moody: Run = {"weather": (), "greeting": ()}
    told = compare(CASES, [BEST, moody, BEST], [moody])[0]
    assert told.bar == 0
    assert told.holds


def test_one_run_is_no_reference() -> None:
    with pytest.raises(ValueError, match="two runs"):
        compare(CASES, [BEST], [BEST])


def test_agreement_with_nothing_is_no_number() -> None:
    assert math.isnan(agreement([], [BEST]))
