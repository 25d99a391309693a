"""When the next request is due, as it was recorded."""

from collections.abc import Awaitable, Callable
from typing import Final

LONGEST: Final = 60.0
"""Seconds that a gap is kept at most: between two days of recording there is nothing to wait for."""


class Pacing:
    """Keeps the gaps between requests; *speed* is how many times faster than recorded, None is flat out."""

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]], speed: float | None
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._speed = speed
        self._last: float | None = None
        self._due = 0.0

    async def wait(self, at: float | None) -> None:
        """Return when a request is due that was sent *at* so many seconds after 1970; at once where that is unknown."""
        if self._speed is None or at is None:
            return
        if self._last is None:
            self._last, self._due = at, self._clock()
        self._due += min(max(at - self._last, 0.0), LONGEST) / self._speed
        self._last = at
        if (left := self._due - self._clock()) > 0:
            await self._sleep(left)
