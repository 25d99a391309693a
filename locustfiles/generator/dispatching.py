"""Open loop: requests are sent when they are due, however slow the answers are."""

import time
from collections.abc import Iterator

import gevent
from gevent.pool import Group

from generator import pacing, traffic
from generator.connection import Connection
from generator.order import CONSTANT, SEARCH, TRACE, Order
from generator.session import Session
from generator.sharing import Share
from generator.traffic import Ask, Given

TURN = 0.001
"""Seconds after which the loop gets its turn, however much is due."""


class Dispatcher:
    """Sends what is due from greenlets of its own, over connections that it keeps."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._free: list[Connection] = []
        self._calls = Group()
        self._begun = self._yielded = time.perf_counter()

    def run(self) -> None:
        """Send until nothing more is due, and wait for the answers."""
        try:
            for due, ask in self._due():
                self._await(self._begun + due)
                if self._session.share.is_draining:
                    break
                self._send(ask, self._begun + due)
            self._calls.join()
        finally:
            self._calls.kill()
            for connection in self._free:
                self._session.disconnect(connection)

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
            gevent.sleep(max(0.0, due - now))
            self._yielded = time.perf_counter()

    def _send(self, ask: Ask, due: float) -> None:
        # Not what the session counts: a call that was spawned has not begun yet.
        if len(self._calls) >= self._session.order.max_in_flight:
            self._session.measures.tally(ask.operation.name).counts["dropped"] += 1
            return
        self._calls.spawn(self._call, ask, due)

    def _call(self, ask: Ask, due: float) -> None:
        connection = self._free.pop() if self._free else self._session.connect()
        try:
            self._session.call(connection, ask, due)
        finally:
            self._free.append(connection)


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
