"""Intervals: they hold what they say they hold."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozecheck.intervals import mean, needed, ranks, wilson

SHARES = st.sampled_from((0.5, 0.9, 0.95, 0.99))


@given(st.integers(1, 5000), SHARES)
def test_ranks_lie_around_the_quantile(count: int, share: float) -> None:
    found = ranks(count, share)
    assert (found is None) is (count < needed(share))
    if found:
        assert 1 <= found[0] <= count * share + 1
        assert count * share <= found[1] <= count


@pytest.mark.parametrize(("share", "count"), [(0.5, 6), (0.95, 72), (0.99, 368)])
def test_so_many_values_are_needed(share: float, count: int) -> None:
    assert needed(share) == count


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_nineteen_in_twenty_intervals_hold_the_true_quantile(share: float) -> None:
    rng = random.Random(1)
    found = ranks(400, share)
    assert found
    held = 0
    for _ in range(400):
        values = sorted(rng.random() for _ in range(400))
        held += values[found[0] - 1] <= share <= values[found[1] - 1]
    assert held / 400 > 0.93


def test_a_mean_lies_in_its_interval() -> None:
    assert mean([1.0] * 7) is None
    assert mean([2.0] * 8) == (2.0, 2.0)
    low, high = mean([float(each) for each in range(100)]) or (0, 0)
    assert low < 49.5 < high


def test_nothing_in_many_is_still_not_never() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 4000)[1] < 0.001 < wilson(0, 3000)[1]
