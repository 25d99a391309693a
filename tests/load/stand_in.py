"""Stands in for locust: writes what the agreed files hold, and ends as it is told to."""

import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from cozecheck.histograms import Histogram

ORDER = json.loads(Path(os.environ["COZECHECK_LOAD"]).read_text("utf-8"))
FOLDER = Path(ORDER["folder"])
COUNTS = {"started": 400, "finished": 400, "failed": 0, "good": 400, "tokens_in": 4000, "tokens_out": 3200}
HEALTH = {
    "loop_lag_p99": 0.001,
    "loop_lag_max": 0.002,
    "dispatch_lag_p99": 0.0,
    "cpu": 0.1,
    "coalesced": 0.0,
    "target_rate": 0.0,
    "achieved_rate": 0.0,
    "dropped": 0,
}


def tell(at: int, failed: int = 0) -> None:
    """Write the line of a second."""
    ended = failed or 20
    line = {"at": float(at), "users": 4, "in_flight": 4, "started": 20, "finished": ended, "failed": failed}
    with (FOLDER / "live.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({**line, "tokens_out": 160, "ttft_p50": 0.05, "ttft_p95": 0.08}) + "\n")


def save(seconds: int) -> None:
    """Write the result."""
    times = Histogram()
    times.record_all(0.05 + number / 10_000 for number in range(400))
    series = [json.loads(line) for line in (FOLDER / "live.jsonl").read_text("utf-8").splitlines()]
    value = {
        "started": time.time() - seconds,
        "seconds": float(seconds),
        "operations": {"chat_stream": {**COUNTS, "histograms": {"ttft": times.to_text(), "e2e": times.to_text()}}},
        "errors": [],
        "observations": [],
        "series": series,
        "health": HEALTH,
        "workers": [{"id": "local", "requests": 400, "joined_at": 0.0, "lost_at": None}],
        "search": None,
    }
    (FOLDER / "result.json").write_text(json.dumps(value), "utf-8")


def stop(_signal: int, _frame: FrameType | None) -> None:
    """Write what there is, as locust does."""
    save(10)
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    way = sys.argv[1]
    for second in range(1, 11):
        tell(second)
    if way == "well":
        save(10)
    elif way == "silent":
        for second in range(11, 17):
            tell(second, failed=20)
        time.sleep(600)
    elif way == "forever":
        time.sleep(600)
    elif way == "crash":
        save(10)
        sys.exit("MemoryError: nothing left")
    elif way == "early":
        sys.exit("ModuleNotFoundError: No module named 'gevent'")
