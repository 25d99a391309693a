"""Several processes measure as one."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from cozecheck.histograms import ERROR, Histogram
from tests.locustfiles.odd import Call, serving, stream, well
from tests.locustfiles.pressing import PATIENCE, order, pressed, processes, started


def test_four_workers_merge_to_what_each_request_took(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        await stream(call, [call.canary, " so"], first=0.002 * (call.number % 20))

    shape = {"kind": "constant", "stages": [{"seconds": 3, "rate": 60}]}
    with serving(behave) as server:
        result = pressed(tmp_path, server.base_url, *processes(4), shape=shape, sample=1.0)
    totals = result["totals"]
    assert totals["finished"] == totals["started"] == server.calls
    assert len(result["workers"]) == 4
    assert sum(worker["requests"] for worker in result["workers"]) == server.calls
    samples = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text().splitlines()]
    raw = sorted(sample["response"]["reads"][-1][0] for sample in samples)
    assert len(raw) == server.calls
    merged = Histogram.from_text(result["operations"]["chat_stream"]["histograms"]["e2e"])
    assert merged.count == len(raw)
    for percent in (1, 25, 50, 90, 99, 100):
        place = max(0, -(-len(raw) * percent // 100) - 1)
        assert merged.percentile(percent) == pytest.approx(raw[place], rel=ERROR, abs=1e-4)


def test_a_lost_worker_is_noted_and_its_share_is_sent_by_the_others(tmp_path: Path) -> None:
    shape = {"kind": "constant", "stages": [{"seconds": 14, "rate": 12}]}
    with serving(well) as server:
        process = started(order(tmp_path, server.base_url, shape=shape), *processes(2))
        live = tmp_path / "live.jsonl"
        _await(lambda: live.exists() and live.read_text().count("\n") >= 3)
        os.kill(_children(process.pid)[0], signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
    result = json.loads((tmp_path / "result.json").read_text())
    lost = [worker for worker in result["workers"] if worker["lost_at"] is not None]
    assert len(lost) == 1
    after = [second for second in result["series"] if lost[0]["lost_at"] + 2 < second["at"] < 13]
    assert after
    assert sum(second["started"] for second in after) / len(after) > 8  # one alone would send six


def _children(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def _await(is_so: object) -> None:
    until = time.monotonic() + PATIENCE
    assert callable(is_so)
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)
