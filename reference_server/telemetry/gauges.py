"""How engines are at the moment, here and in the other workers."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from reference_server.telemetry.sheets import Row, Sheet

NAME = "engine_gauges"
FRESH = 10.0
"""Seconds after which the gauges of a worker that does not repeat them are left out: it is dead."""


class EngineGauges(NamedTuple):
    """One engine, as one worker sees it. `capacity` is how many requests it takes at a time, 0 is not known.

    `state` is 0 well, 1 in doubt, 2 down. `transitions` counts how often its circuit turned since the start.
    """

    engine: str
    running: float
    waiting: float = 0
    capacity: float = 0
    state: int = 0
    overflow_active: bool = False
    transitions: float = 0


class Published:
    """The gauges of this process on its sheet, where other workers see them."""

    def __init__(self, sheet: Sheet, clock: Callable[[], float]) -> None:
        """The clock is one for all processes, such as `time.monotonic`."""
        self._sheet = sheet
        self._clock = clock
        self._places: dict[str, int] = {}

    def publish(self, gauges: Iterable[EngineGauges]) -> None:
        """Write down how engines are now."""
        now = self._clock()
        for engine, *values in gauges:
            first = self._places.get(engine)
            if first is None:
                first = self._places[engine] = self._sheet.take(NAME, (engine,), len(EngineGauges._fields))
            for place, value in enumerate((now, *values), first):
                self._sheet.cells[place] = value


def together(rows: Iterable[Row], now: float) -> Mapping[str, EngineGauges]:
    """Return how engines are, all workers together: numbers add up, of states the worst counts."""
    engines: dict[str, EngineGauges] = {}
    for row in rows:
        if row.name == NAME:
            (engine,), (at, *values) = row.labels, row.values
            one = EngineGauges(engine, *values)  # type: ignore[arg-type]
            fresh = 0 <= now - at < FRESH
            seen = one if fresh else EngineGauges(engine, 0, transitions=one.transitions)
            engines[engine] = merged(engines[engine], seen) if engine in engines else seen
    return engines


def merged(one: EngineGauges, other: EngineGauges) -> EngineGauges:
    """Return one engine as two workers see it."""
    return EngineGauges(
        one.engine,
        one.running + other.running,
        one.waiting + other.waiting,
        one.capacity + other.capacity,
        max(one.state, other.state),
        max(one.overflow_active, other.overflow_active),
        one.transitions + other.transitions,
    )
