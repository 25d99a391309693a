"""When bytes reached the machine: kernel timestamps on the scale of `perf_counter`."""

import socket
import struct
import sys
import time
from collections.abc import Sequence

SO_TIMESTAMPNS = 35
"""Linux: the kernel notes when a segment came, however late we read it."""
ANCILLARY = 64 if sys.platform == "linux" else 0
"""Bytes to make room for."""
TRIES = 5
_STAMP = struct.Struct("@qq")


class Clock:
    """Turns CLOCK_REALTIME into `perf_counter`; refresh it often, for the two drift and the first may be set."""

    def __init__(self) -> None:
        self._offset = 0
        self.refresh()

    def refresh(self) -> None:
        """Measure the distance of the clocks: of several looks, the one that took least."""
        best = None
        for _ in range(TRIES):
            before, real, after = time.perf_counter_ns(), time.time_ns(), time.perf_counter_ns()
            if best is None or after - before < best:
                best, self._offset = after - before, real - (before + after) // 2

    def at(self, ancillary: Sequence[tuple[int, int, bytes]], earliest: float) -> float:
        """Return when a read's last segment came; now, where the kernel did not say, or says what cannot be."""
        now = time.perf_counter()
        for _, kind, data in ancillary:
            if kind == SO_TIMESTAMPNS and len(data) >= _STAMP.size:
                seconds, nanoseconds = _STAMP.unpack_from(data)
                at = (seconds * 1_000_000_000 + nanoseconds - self._offset) / 1e9
                return at if earliest <= at <= now else now
        return now


def stamp_reads(plain: socket.socket) -> None:
    """Ask the kernel for timestamps, where it has them."""
    if ANCILLARY:
        plain.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
