"""Results as the generator writes them, built."""

from collections import Counter
from typing import Any

from cozecheck.histograms import Histogram
from cozecheck.load.result import Result, Tally

QUIET = {"loop_lag_p99": 0.001, "loop_lag_max": 0.002, "dispatch_lag_p99": 0.001, "cpu": 0.2, "coalesced": 0.0}
HEALTH: dict[str, Any] = {**QUIET, "target_rate": 0.0, "achieved_rate": 0.0, "dropped": 0}


def histogram(*seconds: float) -> Histogram:
    """Build a histogram of values."""
    made = Histogram()
    made.record_all(seconds)
    return made


def tally(*seconds: float, failed: int = 0, good: int | None = None, metric: str = "ttft", **errors: int) -> Tally:
    """Build a tally of answers that took so many seconds, and of *errors* by kind."""
    ended = len(seconds) + failed
    counts = Counter(started=ended, finished=ended, failed=failed, good=len(seconds) if good is None else good)
    return Tally(
        counts, {metric: histogram(*seconds)}, Counter({(kind, "so"): count for kind, count in errors.items()})
    )


def result(seconds: float = 30.0, *, rates: tuple[int, ...] = (20,) * 30, **tallies: Tally) -> Result:
    """Build a result; *rates* are the answers of each second."""
    series = tuple({"at": float(at), "finished": rate, "failed": 0} for at, rate in enumerate(rates))
    return Result(0.0, seconds, tallies, series, HEALTH)
