"""What a worker counts, for all to read together."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from reference_server.observed import Observed
from reference_server.telemetry.exposition import exposition
from reference_server.telemetry.gauges import EngineGauges, Published, together
from reference_server.telemetry.noting import Noting
from reference_server.telemetry.sheets import Sheet

PULSE = 0.25
"""Seconds between two looks at the event loop; what other workers know of this one is that old at most."""


class Telemetry:
    """Counts requests, and shows them together with those of the other workers."""

    def __init__(
        self,
        clock: Callable[[], float],
        gauges: Callable[[], Iterable[EngineGauges]],
        folder: Path | None = None,
    ) -> None:
        """`gauges` tells how engines are at the moment; workers that have the same `folder` are shown together.

        The clock is one for all processes, such as `time.monotonic`.
        """
        self._gauges = gauges
        self._clock = clock
        self._sheet = Sheet(folder)
        self._noting = Noting(self._sheet)
        self._published = Published(self._sheet, clock)

    def note(self, seen: Observed) -> None:
        """Take a request that has ended."""
        self._noting.note(seen)

    def attend(self) -> None:
        """Watch the running event loop from now on, and let other workers know how engines are."""
        self._beat(asyncio.get_running_loop())

    def render(self, accept: str = "") -> tuple[bytes, str]:
        """Return the metrics of all workers, and their content type."""
        self._published.publish(self._gauges())
        rows = list(self._sheet.rows())
        return exposition(rows, together(rows, self._clock()), accept)

    def _beat(self, loop: asyncio.AbstractEventLoop, due: float | None = None) -> None:
        now = loop.time()
        if due is not None:
            self._noting.late(max(now - due, 0.0))
        self._published.publish(self._gauges())
        loop.call_at(now + PULSE, self._beat, loop, now + PULSE)
