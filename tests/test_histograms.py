"""Durations counted, merged, written and read."""

import math
from random import Random
from statistics import fmean

import pytest

from cozecheck.histograms import ERROR, MOST, Histogram

PERCENTS = (0.0, 1.0, 50.0, 95.0, 99.0, 99.9, 100.0)


def of(values: list[float]) -> Histogram:
    histogram = Histogram()
    histogram.record_all(values)
    return histogram


def raw(values: list[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@pytest.mark.parametrize("spread", [0.1, 1.0, 3.0])
def test_percentiles_hold_the_stated_error(spread: float) -> None:
    random = Random(7)
    values = [random.lognormvariate(-4, spread) for _ in range(20_000)]
    histogram = of(values)
    assert histogram.mean() == pytest.approx(fmean(values), rel=ERROR)
    for percent in PERCENTS:
        assert histogram.percentile(percent) == pytest.approx(raw(values, percent), rel=ERROR, abs=1e-6)


def test_merged_is_as_if_counted_in_one_place() -> None:
    random = Random(8)
    shares = [[random.expovariate(20) for _ in range(5_000)] for _ in range(4)]
    merged = Histogram()
    for share in shares:
        merged.merge(Histogram.from_text(of(share).to_text()))
    whole = of([value for share in shares for value in share])
    assert merged.count == whole.count == 20_000
    assert list(merged.buckets()) == list(whole.buckets())


def test_counts_go_on_after_a_look() -> None:
    histogram = of([0.5])
    histogram.record(0.25, 3)
    assert histogram.count == 4
    assert histogram.percentile(50) == pytest.approx(0.25, rel=ERROR)
    histogram.record(1.0)
    assert histogram.count == 5
    assert histogram.share_above(0.6) == pytest.approx(0.2)


def test_empty_negative_and_endless() -> None:
    assert (Histogram().percentile(99), Histogram().mean(), Histogram().share_above(1)) == (0.0, 0.0, 0.0)
    assert Histogram.from_text(Histogram().to_text()).count == 0
    odd = of([-1.0, 10 * MOST])
    assert odd.percentile(1) == 0.0
    assert odd.percentile(100) == pytest.approx(MOST, rel=ERROR)


def test_what_is_taken_out_can_be_added_elsewhere() -> None:
    here, there = of([0.1, 0.1, 3.0]), of([0.1])
    there.add(here.drain())
    assert (here.count, there.count) == (0, 4)
    assert there.percentile(75) == pytest.approx(0.1, rel=ERROR)


@pytest.mark.parametrize("text", ["", "HIST", "é", "HISTFAAAAB42pNpmSzMwMDAxAABzFCaEUzMAAAbwAKr"])
def test_what_is_no_histogram_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a histogram"):
        Histogram.from_text(text)
