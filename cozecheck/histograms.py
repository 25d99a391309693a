"""Distributions of durations: mergeable, to a stated relative error."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Self

from hdrh.histogram import HdrHistogram

ERROR: Final = 0.001
"""A percentile differs from that of the raw values by this share at most, and by a microsecond."""
DIGITS: Final = 3
MOST: Final = 86_400.0
"""Seconds; longer ones count as this."""
_MICRO = 1_000_000
_EXACT_BITS: Final = 11
"""Below 2 to the power of this, three digits keep every whole number apart."""
_ROUNDING: Final = 1e-9


class Histogram:
    """Seconds, counted by HDR bucket; only those that hold something are kept."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        """By the lower end of the bucket, in microseconds."""

    def record(self, seconds: float, times: int = 1) -> None:
        """Count a value; what is negative counts as 0."""
        counts, value = self._counts, _bucket(seconds)
        counts[value] = counts.get(value, 0) + times

    def record_all(self, values: Iterable[float], times: int = 1) -> None:
        """Count each value so many *times*."""
        counts = self._counts
        for value in map(_bucket, values):
            counts[value] = counts.get(value, 0) + times

    def add(self, counts: Mapping[int, int]) -> None:
        """Count what another has taken out with `drain`: exact, for the buckets are the same."""
        mine = self._counts
        for value, times in counts.items():
            mine[value] = mine.get(value, 0) + times

    def drain(self) -> dict[int, int]:
        """Take out what was counted: the lower end of each bucket in microseconds, and how often."""
        taken, self._counts = self._counts, {}
        return taken

    def merge(self, other: "Histogram") -> None:
        """Add what *other* counted."""
        self.add(other._counts)

    @property
    def count(self) -> int:
        """How many values there are."""
        return sum(self._counts.values())

    def percentile(self, percent: float) -> float:
        """Return the value that so many percent do not exceed, in seconds; 0 where nothing was counted."""
        return self.percentiles(percent)[0]

    def percentiles(self, *percents: float) -> list[float]:
        """Return the value of each of several percents, which rise."""
        count, passed, found = self.count, 0, list[float]()
        ranks = [max(1, math.ceil(count * percent / 100 - _ROUNDING)) for percent in percents]
        for value in sorted(self._counts):
            passed += self._counts[value]
            while len(found) < len(ranks) and passed >= ranks[len(found)]:
                found.append(_upper(value))
            if len(found) == len(ranks):
                return found
        return found + [0.0] * (len(ranks) - len(found))

    def mean(self) -> float:
        """Return the mean in seconds; 0 where nothing was counted."""
        count = self.count
        total = sum((value + (_width(value) - 1) / 2) * times for value, times in self._counts.items())
        return total / count / _MICRO if count else 0.0

    def share_above(self, seconds: float) -> float:
        """Return the share of values above a bound."""
        count = self.count
        return sum(times for upper, times in self.buckets() if upper > seconds) / count if count else 0.0

    def buckets(self) -> Iterator[tuple[float, int]]:
        """Yield the upper end of each bucket in seconds, and how many values it holds, in order; none is empty."""
        for value in sorted(self._counts):
            yield _upper(value), self._counts[value]

    def to_text(self) -> str:
        """Return it in the interchange form of HdrHistogram, which other tools read."""
        whole = _empty()
        for value, times in self._counts.items():
            spare = max(0, value.bit_length() - _EXACT_BITS)
            whole.counts[(spare << _EXACT_BITS - 1) + (value >> spare)] = times
        if self._counts:  # what it keeps beside the counts; it would take ten times as long to tell it of each
            whole.total_count, whole.max_value = self.count, max(self._counts)
        text: bytes = whole.encode()
        return text.decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote; ValueError for anything else."""
        whole = _empty()
        try:
            whole.decode_and_add(text.encode("ascii"))
        except Exception as error:  # hdrh raises what it comes upon: zlib's, base64's, its own
            raise ValueError(f"not a histogram: {error}") from error
        histogram = cls()
        places = (place for place in range(whole.counts_len) if whole.counts[place])
        histogram._counts = {whole.get_value_from_index(place): int(whole.counts[place]) for place in places}
        return histogram


def _bucket(seconds: float) -> int:
    """Return the lower end of the bucket of a value, in microseconds."""
    value = int((seconds if seconds < MOST else MOST) * _MICRO + 0.5) if seconds > 0 else 0
    spare = value.bit_length() - _EXACT_BITS
    return value >> spare << spare if spare > 0 else value


def _upper(value: int) -> float:
    """Return the upper end of a bucket in seconds."""
    return (value + _width(value) - 1) / _MICRO


def _width(value: int) -> int:
    """Return how many microseconds share a bucket with *value*."""
    return 1 << max(0, value.bit_length() - _EXACT_BITS)


def _empty() -> HdrHistogram:
    return HdrHistogram(1, round(MOST * _MICRO), DIGITS)
