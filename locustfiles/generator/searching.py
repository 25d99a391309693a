"""The search for capacity: double while it holds, then bisect; by the lower bound of what is known."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.order import Shape

OPTIONS = ("start", "attain", "seconds", "settle", "precision")
Z = 1.96
"""95 % both ways."""


def wilson(good: int, total: int) -> tuple[float, float]:
    """Return the interval in which the share of good ones lies, at 95 %."""
    if not total:
        return 0.0, 1.0
    share, square = good / total, Z * Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def slope(values: Sequence[float]) -> float:
    """Return by how much values at equal distances grow from one to the next: least squares."""
    count = len(values)
    if count < 2:
        return 0.0
    middle, mean = (count - 1) / 2, sum(values) / count
    over = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    return over / sum((place - middle) ** 2 for place in range(count))


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen so far: ended requests, good ones among them, and how many are in flight."""

    good: int = 0
    ended: int = 0
    in_flight: int = 0


@dataclass(slots=True)
class Search:
    """One search; `level` is to be asked about once a second."""

    start: float = 1.0
    most: float = 4096.0
    attain: float = 0.95
    """The share of requests that must be good."""
    seconds: float = 10.0
    """A step lasts so long at least, and three times as long where it is not clear."""
    settle: float = 2.0
    """Seconds at the beginning of a step that do not count."""
    precision: float = 0.1
    """The search is over when what holds and what breaks are no further apart."""
    is_open: bool = False
    holds: float = 0.0
    breaks: float = math.inf
    steps: list[dict[str, Any]] = field(default_factory=list)
    _now: float = 0.0
    _began: float = 0.0
    _first: Seen | None = None
    _in_flight: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, shape: Shape) -> "Search":
        """Build one: a stage says what it stays below, options the rest."""
        search = cls(most=shape.stages[0].level, is_open=shape.is_open)
        for name in OPTIONS:
            setattr(search, name, float(shape.options.get(name, getattr(search, name))))
        return search

    def level(self, now: float, seen: Seen) -> float | None:
        """Return what to press with now; None when the search is over."""
        if not self._now:
            self._begin(self.start, now)
            return self._now
        elapsed = now - self._began
        if elapsed >= self.settle:
            if self._first is None:
                self._first = seen
            self._in_flight.append(seen.in_flight)
            verdict = self._judge(elapsed, seen)
            if verdict is not None:
                return self._go_on(verdict, now)
        return self._now

    def outcome(self) -> dict[str, Any]:
        """Return the most that held, the least that broke (None: nothing did), and every step."""
        least = None if math.isinf(self.breaks) else self.breaks
        return {"holds": self.holds, "breaks": least, "attain": self.attain, "steps": self.steps}

    def _begin(self, level: float, now: float) -> None:
        self._now, self._began, self._first, self._in_flight = level, now, None, []

    def _judge(self, elapsed: float, seen: Seen) -> bool | None:
        """Whether this level holds; None while that is not clear."""
        first = self._first or Seen()
        good, total = seen.good - first.good, seen.ended - first.ended
        low, high = wilson(good, total)
        grows = self.is_open and len(self._in_flight) >= 4 and slope(self._in_flight) > 0.1 * self._now
        holds = None
        if elapsed >= self.seconds + self.settle:
            holds = False if grows or high < self.attain else True if low >= self.attain else None
            if holds is None and elapsed >= 3 * self.seconds + self.settle:
                holds = total > 0 and good / total >= self.attain
        if holds is not None:
            why = "in flight grows" if grows else "attained" if holds else "not attained"
            step = {"level": self._now, "good": good, "total": total, "low": low, "high": high}
            self.steps.append({**step, "holds": holds, "why": why})
        return holds

    def _go_on(self, holds: bool, now: float) -> float | None:  # noqa: FBT001
        if holds:
            self.holds = max(self.holds, self._now)
        else:
            self.breaks = min(self.breaks, self._now)
        following = self._following()
        if following is None:
            return None
        self._begin(following, now)
        return following

    def _following(self) -> float | None:
        if math.isinf(self.breaks):
            return None if self.holds >= self.most else min(self.holds * 2, self.most)
        gap = self.breaks - self.holds
        if gap <= max(self.precision * self.breaks, 0.0 if self.is_open else 1.0):
            return None
        middle = self.holds + gap / 2
        return middle if self.is_open else float(math.floor(middle))
