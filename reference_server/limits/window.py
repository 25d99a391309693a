"""What was used in the last minute, second by second."""

from math import floor

from reference_server.errors import FOREVER
from reference_server.limits.quota import Meter

SPAN = 60
"""Seconds that a use counts: at least, and one more at most, for whole seconds leave together."""


class Window:
    """Amounts by the second in which they were used.

    Whatever 60 seconds one looks at, no more than the limit was let in: fixed windows let in twice as much around
    their edges, and a bucket that refills lets in twice as much in its first minute.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._slots: dict[int, int] = {}

    def meter(self, now: float, limit: int | None, amount: int) -> Meter:
        """Return how a limit stands towards a further amount."""
        if limit is None:
            return Meter()
        self._forget(now)
        used = sum(self._slots.values())
        reset = max(self._slots) + SPAN + 1 - now if self._slots else 0.0
        return Meter(used, self._wait(now, used + amount - limit), reset)

    def add(self, now: float, amount: int) -> int:
        """Count an amount; return its slot."""
        self._forget(now)
        slot = floor(now)
        self._slots[slot] = self._slots.get(slot, 0) + amount
        return slot

    def take_back(self, slot: int, amount: int) -> None:
        """Uncount an amount, if its slot still counts."""
        if slot in self._slots:
            self._slots[slot] -= amount

    def _forget(self, now: float) -> None:
        self._slots = {slot: amount for slot, amount in self._slots.items() if now < slot + SPAN + 1}

    def _wait(self, now: float, excess: int) -> float:
        """Return the seconds until an excess has left, oldest first; infinite where it is larger than all there is."""
        until = now
        for slot, amount in sorted(self._slots.items()):
            if excess <= 0:
                break
            excess -= amount
            until = slot + SPAN + 1
        return until - now if excess <= 0 else FOREVER
