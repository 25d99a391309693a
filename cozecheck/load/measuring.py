"""From the generator's histograms to the measures of a report."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cozecheck.histograms import Histogram
from cozecheck.intervals import CONFIDENT, FEWEST, mean, ranks, wilson
from cozecheck.load.gauges import Gauges
from cozecheck.load.result import Result, Tally
from cozecheck.load.slo import DURATIONS, SHARES, STATISTICS
from cozecheck.measured import ALL, Bar, Capacity, Error, Measure, Observation, Second, Step, Totals, Worker

BARS: Final = 40
"""Bars of a histogram that is drawn."""
SHARE_OF: Final = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
SECOND_FIELDS: Final = frozenset(Second.__dataclass_fields__)


def measures(result: Result) -> Iterator[Measure]:
    """Yield each metric of all operations together, then of each operation."""
    for operation in (ALL, *result.tallies):
        durations = result.tally(operation).durations
        for metric in DURATIONS:
            if metric in durations and durations[metric].count:
                yield _measure(operation, metric, durations[metric])


def _measure(operation: str, metric: str, histogram: Histogram) -> Measure:
    return Measure(
        operation=operation,
        metric=metric,
        count=histogram.count,
        **{each: statistic(histogram, each) for each in STATISTICS},
        bars=tuple(bars(histogram)),
        histogram=histogram.to_text(),
    )


def statistic(histogram: Histogram, name: str) -> float:
    """Return a percentile, the mean or the maximum, in seconds."""
    if name == "mean":
        return histogram.mean()
    return histogram.percentile(100.0 if name == "max" else SHARE_OF[name] * 100)


def bars(histogram: Histogram) -> Iterator[Bar]:
    """Yield a histogram in bars of equal width up to the 99th percentile, and one for what is beyond."""
    width = (histogram.percentile(99.0) or histogram.percentile(100.0)) / BARS
    counts = [0] * (BARS + 1)
    for upper, count in histogram.buckets():
        counts[min(BARS, max(0, math.ceil(upper / width) - 1)) if width else 0] += count
    for number, count in enumerate(counts):
        if number < BARS or count:
            yield Bar(histogram.percentile(100.0) if number == BARS else width * (number + 1), count)


def duration(histogram: Histogram | None, name: str) -> tuple[float | None, tuple[float, float] | None, int]:
    """Return a statistic, the interval that holds it with 95 % confidence, and of how many values."""
    if histogram is None or not histogram.count:
        return None, None, 0
    value, count = statistic(histogram, name), histogram.count
    if name == "max":
        return value, (value, value), count
    return value, _mean(histogram) if name == "mean" else _percentile(histogram, SHARE_OF[name]), count


def _percentile(histogram: Histogram, share: float) -> tuple[float, float] | None:
    """Return the values at the ranks between which the quantile lies."""
    found = ranks(histogram.count, share)
    if found is None:
        return None
    low, high = (histogram.percentile(100 * rank / histogram.count) for rank in found)
    return low, high


def _mean(histogram: Histogram) -> tuple[float, float] | None:
    count = histogram.count
    if count < FEWEST:
        return None
    middle = histogram.mean()
    variance = sum(times * (value - middle) ** 2 for value, times in histogram.buckets()) / (count - 1)
    reach = CONFIDENT * math.sqrt(variance / count)
    return middle - reach, middle + reach


def share(tally: Tally, metric: str) -> tuple[float | None, tuple[float, float] | None, int]:
    """Return the error rate or the goodput, its interval, and of how many requests."""
    assert metric in SHARES
    ended = tally.counts["finished"]
    chosen = tally.counts["failed" if metric == "error_rate" else "good"]
    return (chosen / ended, wilson(chosen, ended), ended) if ended else (None, None, 0)


def rate(result: Result, tally: Tally, metric: str) -> tuple[float | None, tuple[float, float] | None, int]:
    """Return answers or tokens per second, and the interval of the mean over the seconds of the run."""
    whole = {"throughput": tally.counts["finished"] - tally.counts["failed"]}.get(metric, tally.counts[metric])
    if not result.seconds or not tally.counts["finished"]:
        return None, None, 0
    value = whole / result.seconds
    overall = max(1, result.tally().counts["finished"])
    part = tally.counts["finished"] / overall
    each = [_per_second(second, metric) * part for second in result.series]
    found = mean(each)
    if found is None:
        return value, None, len(each)
    reach = (found[1] - found[0]) / 2
    return value, (value - reach, value + reach), len(each)


def _per_second(second: Mapping[str, Any], metric: str) -> float:
    if metric == "throughput":
        return float(second.get("finished", 0) - second.get("failed", 0))
    return float(second.get(metric, 0))


def totals(result: Result, sampled: int) -> Totals:
    """Return the run as a whole."""
    tally = result.tally()
    counts = tally.counts
    good, _, _ = share(tally, "goodput")
    return Totals(
        started=counts["started"],
        finished=counts["finished"],
        failed=counts["failed"],
        tokens_in=counts["tokens_in"],
        tokens_out=counts["tokens_out"],
        sampled=sampled,
        error_rate=share(tally, "error_rate")[0] or 0.0,
        goodput=good,
        throughput=rate(result, tally, "throughput")[0] or 0.0,
        canaries=counts["canaries_returned"],
    )


def errors(result: Result) -> Iterator[Error]:
    """Yield the ways in which requests failed, the commonest first."""
    found = (
        Error(kind, operation, count, detail)
        for operation, tally in result.tallies.items()
        for (kind, detail), count in tally.errors.items()
    )
    yield from sorted(found, key=lambda each: (-each.count, each.kind, each.operation))


def seconds(result: Result, gauges: Sequence[tuple[float, Gauges]] = ()) -> Iterator[Second]:
    """Yield the series, the *gauges* of each second beside it; their times are in seconds since 1970."""
    by_second = {int(at - result.started): seen for at, seen in gauges}
    for each in result.series:
        queue = by_second.get(int(each["at"]), Gauges())
        known = {name: value for name, value in each.items() if name in SECOND_FIELDS}
        yield Second(**known, waiting=queue.waiting, running=queue.running)


def workers(result: Result) -> Iterator[Worker]:
    """Yield the processes that generated load."""
    for each in result.workers:
        yield Worker(**{name: each[name] for name in Worker.__dataclass_fields__})


def observations(result: Result) -> Iterator[Observation]:
    """Yield what the generator saw in the numbers."""
    for each in result.observations:
        yield Observation(each["kind"], each["operation"], each["words"])


def capacity(result: Result) -> Capacity | None:
    """Return what a search found; None where nothing was searched."""
    found = result.search
    if not found:
        return None
    steps = tuple(Step(**{name: each[name] for name in Step.__dataclass_fields__}) for each in found["steps"])
    return Capacity(found["holds"], found["breaks"], found["attain"], steps)
