"""Distributions of durations: mergeable, to a stated relative error."""

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


class Histogram:
    """Seconds, kept by the microsecond in HDR buckets."""

    __slots__ = ("_buckets", "_fresh")

    def __init__(self) -> None:
        self._buckets: HdrHistogram | None = None
        self._fresh: dict[int, int] = {}

    def record(self, seconds: float, times: int = 1) -> None:
        """Count a value; what is negative counts as 0."""
        value = round(seconds * _MICRO) if seconds > 0 else 0
        # As coarse as a bucket: what is alike is one entry, there are 40,000 at most, and folding them is rare.
        spare = value.bit_length() - _EXACT_BITS
        if spare > 0:
            value = value >> spare << spare
        fresh = self._fresh
        fresh[value] = fresh.get(value, 0) + times

    def record_all(self, values: Iterable[float], times: int = 1) -> None:
        """Count each value so many *times*."""
        for value in values:
            self.record(value, times)

    def add(self, counts: Mapping[int, int]) -> None:
        """Count what another has taken out with `drain`."""
        fresh = self._fresh
        for value, times in counts.items():
            fresh[value] = fresh.get(value, 0) + times

    def drain(self) -> dict[int, int]:
        """Take out what was counted since the last look at a percentile: microseconds, and how often."""
        taken, self._fresh = self._fresh, {}
        return taken

    def merge(self, other: "Histogram") -> None:
        """Add what *other* counted: exact, for the buckets are the same."""
        self._fold().add(other._fold())

    @property
    def count(self) -> int:
        """How many values there are."""
        kept = self._buckets.get_total_count() if self._buckets else 0
        return int(kept) + sum(self._fresh.values())

    def percentile(self, percent: float) -> float:
        """Return the value that so many percent do not exceed, in seconds; 0 where nothing was counted."""
        if not self.count:
            return 0.0
        return float(self._fold().get_value_at_percentile(percent)) / _MICRO

    def mean(self) -> float:
        """Return the mean in seconds; 0 where nothing was counted."""
        return float(self._fold().get_mean_value()) / _MICRO if self.count else 0.0

    def share_above(self, seconds: float) -> float:
        """Return the share of values above a bound."""
        count = self.count
        return sum(times for value, times in self.buckets() if value > seconds) / count if count else 0.0

    def buckets(self) -> Iterator[tuple[float, int]]:
        """Yield the upper end of each bucket in seconds, and how many values it holds; empty ones are left out."""
        for item in self._fold().get_recorded_iterator():
            yield item.value_iterated_to / _MICRO, int(item.count_added_in_this_iter_step)

    def to_text(self) -> str:
        """Return it in the interchange form of HdrHistogram, which other tools read."""
        text: bytes = self._fold().encode()
        return text.decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote; ValueError for anything else."""
        histogram = cls()
        try:
            histogram._fold().decode_and_add(text.encode("ascii"))
        except Exception as error:  # hdrh raises what it comes upon: zlib's, base64's, its own
            raise ValueError(f"not a histogram: {error}") from error
        return histogram

    def _fold(self) -> HdrHistogram:
        buckets = self._buckets
        if buckets is None:
            buckets = self._buckets = HdrHistogram(1, round(MOST * _MICRO), DIGITS)
        most = round(MOST * _MICRO)
        for value, times in self._fresh.items():
            buckets.record_value(min(value, most), times)
        self._fresh.clear()
        return buckets
