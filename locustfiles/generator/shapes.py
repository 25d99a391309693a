"""Locust's load shape: stages, or a search that sets its own."""

import time

from locust import LoadTestShape

from cozecheck.errors import UsageError
from generator import pacing, wiring
from generator.collecting import Collector
from generator.order import SEARCH, TRACE, Order, Shape
from generator.searching import Search
from generator.traffic import last_arrival

DRAINING = 5.0
"""Seconds that are left to what is in flight at the end, beyond the order's timeout nothing is."""


class OrderedShape(LoadTestShape):
    """Does what the order says, then lets what is in flight come home."""

    abstract = True
    order: Order

    def __init__(self) -> None:
        super().__init__()
        self._drained_by: float | None = None
        self._search: Search | None = None
        self._trace = 0.0
        shape = self.order.shape
        if shape and shape.kind == SEARCH:
            self._search = Search.of(shape)
        if shape and shape.kind == TRACE:
            try:
                self._trace = last_arrival(self.order)
            except UsageError as error:
                wiring.give_up(error)

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there shall be, and how many may start in a second; None at the end."""
        shape = self.order.shape
        assert shape is not None
        assert self.runner is not None
        collector = wiring.collector_of(self.runner.environment)
        wanted = None if self._drained_by else self._level(shape, collector)
        if wanted is None:
            return self._drain(collector)
        if shape.is_open:
            collector.set_rate(wanted)
            return self._users(max(1, collector.process_count))
        return self._users(round(wanted))

    def _users(self, count: int) -> tuple[int, float]:
        self._last = (count, float(max(count, 1)))
        return self._last

    def _level(self, shape: Shape, collector: Collector) -> float | None:
        elapsed: float = self.get_run_time()
        if self._search is not None:
            is_over = elapsed > pacing.seconds(shape.stages)
            return None if is_over else self._search.level(time.perf_counter(), collector.seen())
        if shape.kind == TRACE:
            return 0.0 if elapsed < min(pacing.seconds(shape.stages), self._trace) else None
        return pacing.level(shape.stages, elapsed)

    def _drain(self, collector: Collector) -> tuple[int, float] | None:
        now = time.perf_counter()
        if self._drained_by is None:
            self._drained_by = now + min(DRAINING, self.order.timeout)
            collector.drain_processes()
            if self._search is not None:
                collector.search = self._search.outcome()
        return None if collector.is_home or now > self._drained_by else self._last


def shape_of(order: Order) -> type[LoadTestShape]:
    """Return the shape of an order; an abstract one, which Locust leaves alone, where it says nothing."""
    return type("Ordered", (OrderedShape,), {"order": order, "abstract": order.shape is None, "__doc__": ""})
