"""What is measured of one engine, fed with events and times."""

from reference_server.routing.windows import Window

SPAN_S = 10.0
"""Seconds over which rates and errors are counted."""
NEWEST = 0.2
"""The share of the newest latency in the average."""
FORGET_S = 30.0
"""After so many seconds without a measurement a latency is not known: the engine gets another chance."""


class Meter:
    """Requests running and waiting, their rate, latency (seconds to the first byte) and share of errors."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self.running = 0
        self.waiting = 0
        self._begun = Window(SPAN_S)
        self._ended = Window(SPAN_S)
        self._latency = 0.0
        self._measured: float | None = None

    def begin(self, now: float) -> None:
        """Count a request that the engine starts on."""
        self.running += 1
        self._begun.add(now)

    def first_byte(self, seconds: float, now: float) -> None:
        """Take the time from the start to the first byte of an answer that is no error."""
        known = self.latency(now)
        self._latency = seconds if known is None else known + NEWEST * (seconds - known)
        self._measured = now

    def end(self, now: float, *, failed: bool | None) -> None:
        """Count a request that is done; None is neither good nor bad: its client went away."""
        self.running -= 1
        if failed is not None:
            self._ended.add(now, bad=failed)

    def latency(self, now: float) -> float | None:
        """Return the moving average in seconds; None while it is not known."""
        known = self._measured is not None and now - self._measured <= FORGET_S
        return self._latency if known else None

    def qps(self, now: float) -> float:
        """Return the requests begun in a second."""
        return self._begun.rate(now)

    def error_ratio(self, now: float) -> float:
        """Return the share of the requests that failed."""
        return self._ended.ratio(now)
