"""Statistics of tool calls: shares, intervals, and what falls short of a reference."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozecheck.fidelity import (
    MEASURES,
    Rate,
    Run,
    beside_cases,
    beside_itself,
    beside_reference,
    called,
    comes_up_to,
    f1,
    runs,
)
from cozecheck.findings import Figure, Trial

DUE = {"weather": True, "greeting": False}


def trial(case: str, calls: int = 0, *, repeat: int = 1, stream: bool = False, **more: bool | int) -> Trial:
    whole = {"answered": True, "parsed": calls, "fitting": calls, "expected": bool(calls) == DUE.get(case), **more}
    return Trial(case, stream, repeat, calls=calls, **whole)  # type: ignore[arg-type]


def run(*trials: Trial) -> Run:
    return {each.case: each for each in trials}


BEST = run(trial("weather", 1), trial("greeting"))
SILENT = run(trial("weather"), trial("greeting"))
EAGER = run(trial("weather", 1), trial("greeting", 1))
BROKEN = run(trial("weather", 2, parsed=0, fitting=0), trial("greeting"))
DEAD = run(trial("weather", answered=False), trial("greeting", answered=False))


def figures(made: Sequence[Run], reference: Sequence[Run] = ()) -> dict[str, Figure]:
    sample = beside_reference(made, reference) if reference else beside_cases(made, DUE)
    found = {measure.name: measure.figure(measure.name, sample) for measure in MEASURES}
    return {name: figure for name, figure in found.items() if figure}


def values(made: Sequence[Run], reference: Sequence[Run] = ()) -> dict[str, float]:
    return {name: figure.value for name, figure in figures(made, reference).items()}


def short(made: Sequence[Run], reference: Sequence[Run]) -> set[str]:
    """Name the measures that fall short of the reference."""
    itself = beside_itself(reference)
    bars = {measure.name: measure.figure(measure.name, itself) for measure in MEASURES}
    told = figures(made, reference)
    return {name for name, figure in told.items() if (bar := bars[name]) and not comes_up_to(figure, bar)}


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


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_f1_is_the_harmonic_mean_of_precision_and_recall(hits: int, extra: int, missed: int) -> None:
    if hits:
        precision, recall = hits / (hits + extra), hits / (hits + missed)
        harmonic = 2 * precision * recall / (precision + recall)
        assert f1(hits / (hits + extra + missed)) == pytest.approx(harmonic)


def test_without_a_reference_the_cases_say_what_is_due() -> None:
    assert set(values([BEST]).values()) == {1.0}
    told = values([EAGER])
    assert (told["trigger-precision"], told["trigger-recall"], told["tools-expected"]) == (0.5, 1, 0.5)
    assert told["trigger-f1"] == pytest.approx(2 / 3, abs=1e-4)


def test_with_a_reference_it_says_what_is_due() -> None:
    told = values([EAGER], [EAGER])
    assert (told["trigger-precision"], told["trigger-recall"], told["trigger-f1"]) == (1, 1, 1)
    assert told["tools-expected"] == 0.5


def test_where_nothing_is_called_there_is_nothing_to_count() -> None:
    assert values([SILENT]).keys() == {"answers", "trigger-recall", "trigger-f1", "tools-expected"}


def test_an_answer_that_never_came_counts_only_as_such() -> None:
    assert values([DEAD]) == {"answers": 0}
    assert called(DEAD) == {}


def test_arguments_are_counted_that_parse_and_that_fit() -> None:
    told = figures([run(trial("weather", 3, parsed=2, fitting=1)), BEST])
    assert (told["arguments-json"].value, told["arguments-json"].count) == (0.75, 4)
    assert told["arguments-schema"].value == 0.5


def test_trials_become_runs_in_the_order_of_their_repeats() -> None:
    given = [trial("weather", 1, repeat=2), trial("weather", repeat=1), trial("weather", 1, repeat=1, stream=True)]
    assert runs(given, stream=False) == (run(given[1]), run(given[0]))
    assert runs(given, stream=True) == (run(given[2]),)


def test_a_reference_is_held_against_itself_in_halves_that_share_no_answer() -> None:
    assert beside_itself([BEST, SILENT, EAGER]).pairs == ((called(BEST), SILENT),)
    assert beside_itself([BEST]).pairs == ()


def test_cases_that_miss_are_told_the_worst_first() -> None:
    sample = beside_cases([EAGER, SILENT, SILENT], DUE)
    told = {measure.name: tuple(measure.misses(sample)) for measure in MEASURES}
    assert told["tools-expected"] == ("weather", "greeting")
    assert told["answers"] == ()


def test_a_server_like_the_reference_comes_up_to_it() -> None:
    assert short([BEST] * 5, [BEST] * 5) == set()


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (SILENT, {"trigger-recall", "trigger-f1", "tools-expected"}),
        (EAGER, {"trigger-precision", "trigger-f1", "tools-expected"}),
        (BROKEN, {"arguments-json", "arguments-schema"}),
        (DEAD, {"answers"}),
    ],
)
def test_one_that_is_wrong_falls_short(made: Run, names: set[str]) -> None:
    assert short([made] * 20, [BEST] * 20) == names


def test_the_bar_is_as_low_as_the_reference_differs_from_itself() -> None:
    assert short([SILENT] * 20, [BEST, SILENT] * 10) == set()


def test_the_same_model_twice_hardly_ever_falls_short() -> None:
    chance = random.Random(1)
    likely = {f"case {number}": chance.betavariate(0.5, 0.5) for number in range(60)}

    def moody() -> Run:
        return run(*(trial(case, int(chance.random() < share)) for case, share in likely.items()))

    alarms = sum(bool(short([moody() for _ in range(5)], [moody() for _ in range(5)])) for _ in range(50))
    assert alarms <= 1
