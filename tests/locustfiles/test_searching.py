"""The search for capacity, and what stands out: pure functions of numbers."""

from collections.abc import Callable

import pytest

from generator.measures import Measures
from generator.observing import observations
from generator.searching import Search, Seen, slope, wilson


def searched(search: Search, share_at: Callable[[float], float], grows_at: float = 1e9) -> Search:
    """Play a search second by second against a target that answers 100 a second, so many of them well."""
    good = ended = flying = 0.0
    now = 1.0
    while (level := search.level(now, Seen(round(good), round(ended), round(flying)))) is not None:
        good += 100 * share_at(level)
        ended += 100
        flying = flying + level if level > grows_at else 0
        now += 1
        assert now < 10_000
    return search


@pytest.mark.parametrize("capacity", [1, 3, 17, 100, 750])
def test_it_closes_in_on_what_holds(capacity: int) -> None:
    search = searched(Search(most=4096, seconds=5), lambda level: 1.0 if level <= capacity else 0.5)
    assert search.holds <= capacity < search.breaks
    assert search.breaks - search.holds <= max(1, 0.1 * search.breaks)


def test_it_stops_at_the_most_and_at_nothing() -> None:
    assert searched(Search(most=64, seconds=2), lambda _: 1.0).outcome()["breaks"] is None
    assert searched(Search(most=64, seconds=2), lambda _: 0.0).holds == 0


def test_a_queue_that_grows_breaks_an_open_load_though_answers_are_good() -> None:
    search = searched(Search(most=4096, seconds=5, is_open=True), lambda _: 1.0, grows_at=100)
    assert search.holds <= 100 < search.breaks
    assert "in flight grows" in {step["why"] for step in search.steps}


def test_wilson_and_slope() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(95, 100)
    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)
    assert slope([1, 3, 5, 7]) == pytest.approx(2)
    assert slope([5]) == 0


def measured(e2e: list[float], crowds: dict[int, list[int]]) -> list[str]:
    measures = Measures()
    tally = measures.tally("chat")
    tally.duration("e2e").record_all(e2e)
    tally.crowds = crowds
    return [each["kind"] for each in observations(measures)]


def test_a_few_that_are_far_later_are_late() -> None:
    assert measured([0.1] * 990 + [2.0] * 10, {}) == ["late"]
    assert measured([0.1] * 990 + [0.12] * 10, {}) == []
    assert measured([0.1] * 500 + [2.0] * 500, {}) == []
    assert measured([0.1] * 90 + [2.0], {}) == []


def test_failures_that_begin_with_a_crowd() -> None:
    assert measured([], {50: [500, 0], 101: [500, 100]}) == ["concurrency"]
    assert measured([], {50: [500, 50], 101: [500, 60]}) == []
    assert measured([], {50: [500, 0], 101: [500, 0]}) == []


def test_a_crowd_begins_where_failures_do_though_a_few_were_early() -> None:
    measures = Measures()
    measures.tally("chat").crowds = {60: [480, 0], 61: [20, 5], 90: [20, 5], 101: [50_000, 49_000]}
    [seen] = observations(measures)
    assert seen["in_flight"] == 101
