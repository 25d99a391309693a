"""A bounded queue before an engine."""

import asyncio
from collections.abc import Callable

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

    def place(self, priority: int = 0) -> "Place":
        """Return a place to hold for the length of a block; its beginning is Overloaded where the line is full."""
        return Place(self, priority)

    async def enter(self, priority: int) -> float:
        """Take a place; return when it was taken."""
        if self._free:
            self._free -= 1
            return self._clock()
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
        return self._clock()

    def leave(self, entered: float) -> None:
        """Give up a place."""
        self._mean += (self._clock() - entered - self._mean) * (RECENT if self._mean else 1.0)
        self._leave()

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


class Place:
    """A place at a gate, for the length of a block."""

    # No generator: every request passes here, and this is three times as fast.
    def __init__(self, gate: Gate, priority: int) -> None:
        """The most urgent priority is the lowest."""
        self._gate = gate
        self._priority = priority
        self._entered = 0.0

    async def __aenter__(self) -> None:
        self._entered = await self._gate.enter(self._priority)

    async def __aexit__(self, *_: object) -> None:
        self._gate.leave(self._entered)


def granted(waiter: Waiter) -> bool:
    """Tell whether a waiter was given a place."""
    return waiter.done() and not waiter.cancelled() and waiter.exception() is None
