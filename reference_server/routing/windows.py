"""Counts over the last seconds, in a bounded number of slots."""

from collections import deque

SLOTS = 10


class Window:
    """How many things happened, and how many of them went wrong, in the last `span` seconds."""

    def __init__(self, span: float) -> None:
        """Start empty."""
        self._width = span / SLOTS
        self._slots: deque[list[int]] = deque()
        self._total = self._bad = 0

    def add(self, now: float, *, bad: bool = False) -> None:
        """Count one thing."""
        self._forget(now)
        slot = int(now // self._width)
        if not self._slots or self._slots[-1][0] != slot:
            self._slots.append([slot, 0, 0])
        self._slots[-1][1] += 1
        self._slots[-1][2] += bad
        self._total += 1
        self._bad += bad

    def total(self, now: float) -> int:
        """Return how many there were."""
        self._forget(now)
        return self._total

    def ratio(self, now: float) -> float:
        """Return the share that went wrong; 0 of nothing."""
        self._forget(now)
        return self._bad / self._total if self._total else 0.0

    def rate(self, now: float) -> float:
        """Return how many there were in a second."""
        return self.total(now) / (self._width * SLOTS)

    def _forget(self, now: float) -> None:
        oldest = int(now // self._width) - SLOTS
        while self._slots and self._slots[0][0] <= oldest:
            _, total, bad = self._slots.popleft()
            self._total -= total
            self._bad -= bad
