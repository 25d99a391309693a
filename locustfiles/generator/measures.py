"""What was measured, by operation: counts and durations that add up across processes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cozecheck.histograms import Histogram

METRICS = ("first_byte", "ttft", "ttfo", "itl", "icl", "tpot", "e2e", "e2e_intended", "send_lag")
"""first_byte, ttft and ttfo (first token, first that is not reasoning), e2e: from sending. e2e_intended: from when it
was due. itl: between tokens, an event that holds several counted so often. icl: between events. tpot: (e2e - ttft) /
(tokens - 1). send_lag: from due to sent."""
COUNTS = (
    "started",
    "finished",
    "failed",
    "good",
    "dropped",
    "unfinished",
    "retried",
    "tokens_in",
    "tokens_out",
    "events",
    "coalesced",
    "canaries_sent",
    "canaries_returned",
    "canaries_absent",
    "canaries_foreign",
)


@dataclass(slots=True)
class Tally:
    """One operation's: counts, durations, and errors by kind and words."""

    counts: Counter[str] = field(default_factory=Counter)
    durations: dict[str, Histogram] = field(default_factory=dict)
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    crowds: dict[int, list[int]] = field(default_factory=dict)
    """By how many were in flight when it was sent: how many were, and how many of these failed."""

    def duration(self, metric: str) -> Histogram:
        """Return a metric's histogram, a new one at its first use."""
        found = self.durations.get(metric)
        if found is None:
            found = self.durations[metric] = Histogram()
        return found

    def crowd(self, in_flight: int, *, failed: bool) -> None:
        """Note among how many a request was sent."""
        seen = self.crowds.setdefault(in_flight, [0, 0])
        seen[0] += 1
        seen[1] += failed

    def drain(self) -> dict[str, Any]:
        """Take out what there is, as plain values."""
        taken = {
            "counts": dict(self.counts),
            "durations": {name: histogram.drain() for name, histogram in self.durations.items()},
            "errors": [[kind, detail, count] for (kind, detail), count in self.errors.items()],
            "crowds": self.crowds,
        }
        self.counts, self.errors, self.crowds = Counter(), Counter(), {}
        return taken

    def add(self, taken: Mapping[str, Any]) -> None:
        """Add what another took out."""
        self.counts.update(taken["counts"])
        for name, counts in taken["durations"].items():
            self.duration(name).add(counts)
        for kind, detail, count in taken["errors"]:
            self.errors[kind, detail] += count
        for in_flight, (sent, failed) in taken["crowds"].items():
            seen = self.crowds.setdefault(in_flight, [0, 0])
            seen[0] += sent
            seen[1] += failed


class Measures:
    """The tallies of every operation."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}

    def tally(self, operation: str) -> Tally:
        """Return an operation's tally, a new one at its first use."""
        found = self.tallies.get(operation)
        if found is None:
            found = self.tallies[operation] = Tally()
        return found

    def drain(self) -> dict[str, Any]:
        """Take out what there is, as plain values."""
        return {name: tally.drain() for name, tally in self.tallies.items()}

    def add(self, taken: Mapping[str, Any]) -> None:
        """Add what another took out."""
        for name, part in taken.items():
            self.tally(name).add(part)

    def total(self, count: str) -> int:
        """Return a count over all operations."""
        return sum(tally.counts[count] for tally in self.tallies.values())

    def overall(self, metric: str) -> Histogram:
        """Return a metric over all operations."""
        whole = Histogram()
        for tally in self.tallies.values():
            if metric in tally.durations:
                whole.merge(tally.durations[metric])
        return whole
