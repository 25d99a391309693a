"""A bounded queue before an engine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from reference_server.errors import Overloaded

Waiter = asyncio.Future[None]
RECENT = 0.1
"""What the latest request counts in the mean time that requests take."""


class Gate:
    """Lets so many requests at an engine at a time; the others wait in line, a bounded number of them.

    Lower priorities are served first, within one first come, first served. When the line is full, whoever came last of
    the least urgent makes room for a more urgent one. There are no timers: the deadline is the caller's own
    `asyncio.timeout`, and a wait that is cancelled leaves the line at once, whether time ran out or the client left.
    """

    def __init__(self, places: int, line: int, clock: Callable[[], float]) -> None:
        """`places` is how many run, `line` how many may wait; the clock is in seconds."""
        self._free = self._places = places
        self._line = line
        self._clock = clock
        # A dict keeps the order of arrival, and lets anyone leave from the middle.
        self._waiting: dict[int, dict[Waiter, None]] = {}
        self._mean = 0.0

    @property
    def is_free(self) -> bool:
        """Whether the next request would not have to wait."""
        return self._free > 0

    @property
    def running(self) -> int:
        """How many requests have a place."""
        return self._places - self._free

    @property
    def queue_depth(self) -> int:
        """How many requests wait."""
        return sum(len(line) for line in self._waiting.values())

    @asynccontextmanager
    async def place(self, priority: int = 0) -> AsyncIterator[None]:
        """Hold a place for the length of the block; Overloaded where the line is full."""
        await self._enter(priority)
        began = self._clock()
        try:
            yield
        finally:
            self._mean += (self._clock() - began - self._mean) * (RECENT if self._mean else 1.0)
            self._leave()

    async def _enter(self, priority: int) -> None:
        if self._free:
            self._free -= 1
            return
        if self.queue_depth >= self._line:
            self._make_room(priority)
        waiter: Waiter = asyncio.get_running_loop().create_future()
        line = self._waiting.setdefault(priority, {})
        line[waiter] = None
        try:
            await waiter
        except asyncio.CancelledError:
            if granted(waiter):
                # The place was given in the same moment: it goes on to the next.
                self._leave()
            raise
        finally:
            line.pop(waiter, None)

    def _make_room(self, priority: int) -> None:
        last = max((found for found, line in self._waiting.items() if line), default=priority)
        if last <= priority:
            raise Overloaded(self.wait())
        waiter, _ = self._waiting[last].popitem()
        if not waiter.done():
            waiter.set_exception(Overloaded(self.wait()))

    def _leave(self) -> None:
        """Give the place to the next in line; it is free only where nobody waits."""
        for priority in sorted(self._waiting):
            line = self._waiting[priority]
            while line:
                waiter = next(iter(line))
                del line[waiter]
                if not waiter.done():
                    waiter.set_result(None)
                    return
        self._free += 1

    def wait(self) -> float:
        """Return the seconds until the line that there is will have been served, by what requests took lately."""
        return self._mean * (self.queue_depth + 1) / self._places


def granted(waiter: Waiter) -> bool:
    """Tell whether a waiter was given a place."""
    return waiter.done() and not waiter.cancelled() and waiter.exception() is None
