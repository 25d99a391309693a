"""Open loop: requests are sent when they are due, however slow the answers are."""

import time
from collections.abc import Callable, Iterator

import gevent
from gevent import getcurrent
from gevent.hub import get_hub
from gevent.pool import Group

from generator import pacing, traffic
from generator.order import CONSTANT, SEARCH, TRACE, Order
from generator.session import Session
from generator.sharing import Share
from generator.traffic import Ask, Given

TURN = 0.001
"""Seconds after which the loop gets its turn, however much is due."""
NAP = 0.0005
"""Seconds that a sleep lasts at least: what is due meanwhile leaves together, and late by no more."""
LOOK = 0.01
"""Seconds between two looks for whether everybody is home."""


class Dispatcher:
    """Sends what is due, over callers that it keeps."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._idle: list[Caller] = []
        self._callers = Group()
        self._busy = 0
        self._begun = self._yielded = time.perf_counter()

    def run(self) -> None:
        """Send until nothing more is due, and wait for the answers."""
        try:
            for due, ask in self._due():
                self._await(self._begun + due)
                if self._session.share.is_draining:
                    break
                self._send(ask, self._begun + due)
            while self._busy:
                gevent.sleep(LOOK)
        finally:
            self._callers.kill()

    def _due(self) -> Iterator[tuple[float, Ask]]:
        """Yield what is due, and when, in seconds from the start."""
        session = self._session
        order, supply = session.order, session.traffic
        if order.shape and order.shape.kind == TRACE and isinstance(supply, Given):
            times = traffic.arrivals(supply.asks, traffic.speed(order))
            for place, (at, number) in enumerate(times):
                if place % session.share.count == session.share.index:
                    yield at, supply.asks[number]
            return
        for at in _times(session):
            yield at, supply.next(order.mix)

    def _await(self, due: float) -> None:
        """Sleep until then; where it is late already, let the loop have its turn, though not for each request."""
        now = time.perf_counter()
        if due > now or now - self._yielded > TURN:
            # Not 0: nothing is read within such a turn, so that all that is late would open connections of its own.
            gevent.sleep(max(NAP, due - now))
            self._yielded = time.perf_counter()

    def _send(self, ask: Ask, due: float) -> None:
        # Not what the session counts: a caller that was told has not begun yet.
        if self._busy >= self._session.order.max_in_flight:
            self._session.measures.tally(ask.operation.name).counts["dropped"] += 1
            return
        self._busy += 1
        if self._idle:
            self._idle.pop().tell(ask, due)
        else:
            self._callers.spawn(Caller(self._session, self._home).run, ask, due)

    def _home(self, caller: "Caller") -> None:
        self._busy -= 1
        self._idle.append(caller)


class Caller:
    """Asks over a connection of its own, and waits to be told of the next request."""

    # One greenlet a request would cost a fifth of what a request does.
    def __init__(self, session: Session, home: Callable[["Caller"], None]) -> None:
        self._session = session
        self._home = home
        self._hub = get_hub()

    def run(self, ask: Ask, due: float) -> None:
        """Ask, and go on with what it is told, until it is killed."""
        self._own = getcurrent()
        with self._session.connected() as connection:
            while True:
                self._session.call(connection, ask, due)
                self._home(self)
                ask, due = self._hub.switch()

    def tell(self, ask: Ask, due: float) -> None:
        """Let it ask, at the loop's next turn."""
        self._hub.loop.run_callback(self._own.switch, (ask, due))


def _times(session: Session) -> Iterator[float]:
    shape, share = session.order.shape, session.share
    assert shape is not None
    rate = _rate(session.order, share)
    if shape.kind == CONSTANT:
        return pacing.constant(rate, phase=share.index / share.count)
    return pacing.poisson(rate, session.random)


def _rate(order: Order, share: Share) -> pacing.Rate:
    """This process's part of the rate."""
    shape = order.shape
    assert shape is not None

    def rate(elapsed: float) -> float | None:
        whole = share.rate if shape.kind == SEARCH else pacing.level(shape.stages, elapsed)
        return None if whole is None else whole / share.count

    return rate
