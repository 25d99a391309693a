"""Whether the generator itself keeps up: how late its loop is, and how busy the process."""

import time
from typing import Any

import gevent

from cozecheck.histograms import Histogram

BEAT = 0.01
"""Seconds between two looks."""


class Health:
    """Looks at the loop, and at the process's own time, until it is killed."""

    def __init__(self) -> None:
        self.lag = Histogram()
        self._lag_most = 0.0
        self._cpu_at, self._looked_at = time.process_time(), time.perf_counter()

    def watch(self) -> None:
        """Note how much later than asked the loop comes back."""
        self._cpu_at, self._looked_at = time.process_time(), time.perf_counter()  # what it took to begin is over
        while True:
            due = time.perf_counter() + BEAT
            gevent.sleep(BEAT)
            lag = time.perf_counter() - due
            self.lag.record(lag)
            self._lag_most = max(self._lag_most, lag)

    def drain(self) -> dict[str, Any]:
        """Take out what was seen since the last time; `cpu` is the share of a core."""
        cpu, now = time.process_time(), time.perf_counter()
        share = (cpu - self._cpu_at) / max(now - self._looked_at, 1e-6)
        self._cpu_at, self._looked_at = cpu, now
        most, self._lag_most = self._lag_most, 0.0
        return {"lag": self.lag.drain(), "lag_most": most, "cpu": share}
