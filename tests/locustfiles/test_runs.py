"""Whole runs: each kind of shape and of traffic, by an order and by hand."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cozecheck import recordings
from cozecheck.histograms import Histogram
from tests.locustfiles.odd import Call, serving, stream, well
from tests.locustfiles.pressing import MIX, PATIENCE, ROOT, order, pressed, started

KEY = "sk-pressing-0123"
FREEZE = 1.0


def test_samples_are_exchanges_without_secrets(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        await stream(call, [call.canary, f" leaked {KEY}"], gap=0.01)

    with serving(behave) as server:
        result = pressed(tmp_path, server.base_url, sample=0.5)
    text = (tmp_path / "samples.jsonl").read_text() + (tmp_path / "result.json").read_text()
    assert KEY not in text
    assert "deep-secret-77" not in text
    read = list(recordings.read(tmp_path / "samples.jsonl"))
    assert 0.2 < len(read) / result["totals"]["finished"] < 0.8
    response = read[0].exchange.response
    assert response is not None
    assert response.is_stream
    assert len(response.reads) >= 2


def test_open_loop_sends_on_time_what_a_slow_server_answers_late(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        await stream(call, [call.canary, " so"], first=0.5)

    with serving(behave) as server:
        shape = {"kind": "constant", "stages": [{"seconds": 3, "rate": 40}]}
        result = pressed(tmp_path, server.base_url, shape=shape, max_in_flight=10)
    totals = result["totals"]
    assert 100 <= totals["started"] + totals["dropped"] <= 122
    assert totals["dropped"] > 0
    assert result["health"]["dropped"] == totals["dropped"]
    assert max(second["in_flight"] for second in result["series"]) <= 10
    histograms = result["operations"]["chat_stream"]["histograms"]
    assert {"send_lag", "e2e_intended"} <= set(histograms)
    assert Histogram.from_text(histograms["ttft"]).percentile(50) >= 0.5


def test_an_open_loop_shows_what_a_closed_one_hides(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        if call.number % 200 == 100:
            time.sleep(FREEZE)  # everybody waits: the whole server does nothing
        await well(call)

    def slow(shape: dict[str, Any], metric: str) -> float:
        with serving(behave) as server:
            result = pressed(tmp_path, server.base_url, shape=shape)
        return Histogram.from_text(result["operations"]["chat_stream"]["histograms"][metric]).percentile(99)

    closed = slow({"kind": "closed", "stages": [{"seconds": 3, "users": 1}]}, "e2e")
    opened = slow({"kind": "constant", "stages": [{"seconds": 4, "rate": 60}]}, "e2e_intended")
    assert closed < FREEZE / 2 < opened  # one in 200 waits, or all who were due meanwhile


def test_a_trace_is_sent_as_it_was_written_down(tmp_path: Path) -> None:
    bodies: list[Any] = []

    async def behave(call: Call) -> None:
        bodies.append(call.body)
        await well(call)

    asked = [{"model": "old", "messages": [{"role": "user", "content": str(n)}], "stream": True} for n in range(5)]
    lines = [
        json.dumps({"url": "/v1/chat/completions", "body": body, "at": 50 + n * 0.3}) for n, body in enumerate(asked)
    ]
    (tmp_path / "trace.jsonl").write_text("\n".join(lines))
    with serving(behave) as server:
        result = pressed(
            tmp_path,
            server.base_url,
            shape={"kind": "trace", "stages": [{"seconds": 20}]},
            traffic={"kind": "file", "path": str(tmp_path / "trace.jsonl")},
        )
    assert [body["messages"][0]["content"] for body in bodies] == list("01234")
    assert {body["model"] for body in bodies} == {"m"}
    assert result["totals"]["finished"] == 5


def test_a_search_finds_what_a_server_carries(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        await stream(call, [call.canary, " so"], first=0.02 if call.server.in_flight <= 12 else 1.2)

    stages = [{"seconds": 90, "users": 64}]
    shape = {"kind": "search", "stages": stages, "start": 4, "seconds": 1, "settle": 2, "precision": 0.3}
    with serving(behave) as server:
        result = pressed(tmp_path, server.base_url, shape=shape, slos={"ttft": 0.8})
    search = result["search"]
    assert search["holds"] <= 12 < search["breaks"] <= 16
    assert [step["level"] for step in search["steps"]][:3] == [4, 8, 16]


def test_a_target_that_dies_leaves_a_result(tmp_path: Path) -> None:
    shape = {"kind": "closed", "stages": [{"seconds": 4, "users": 3}]}
    with serving(well) as server:
        process = started(order(tmp_path, server.base_url, shape=shape))
        while not server.calls:
            assert process.poll() is None
    process.communicate(timeout=PATIENCE)
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["ended"] is True
    assert {each["kind"] for each in result["errors"]} <= {"connect", "cut"}
    assert result["totals"]["failed"] < 200  # who finds nobody waits before asking again


def test_a_run_that_is_stopped_says_so(tmp_path: Path) -> None:
    shape = {"kind": "closed", "stages": [{"seconds": 60, "users": 3}]}
    with serving(well) as server:
        process = started(order(tmp_path, server.base_url, shape=shape))
        while not server.calls:
            assert process.poll() is None
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert json.loads((tmp_path / "result.json").read_text())["ended"] is False


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mix": {"chats": 1}}, "mix: unknown: chats"),
        ({"shape": {"kind": "wavy", "stages": []}}, "wavy"),
        ({"prompts": {"tokens": {"kind": "cauchy"}}}, "prompts.tokens"),
        ({"traffic": {"kind": "file", "path": "/nowhere.jsonl"}}, "/nowhere.jsonl"),
        ({"base_url": "ftp://x"}, "ftp://x"),
        ({"shape": {"kind": "trace", "stages": [{"seconds": 1}]}}, "trace"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_order_is_one_line(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    process = started(order(tmp_path, **{"base_url": "http://127.0.0.1:9/v1", **changes}))
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2, output
    assert words in output.splitlines()[-1]
    assert "Traceback" not in output


@pytest.mark.parametrize("name", ["mix", "chat", "tools", "structured", "embeddings", "responses", "models", "errors"])
def test_each_locustfile_runs_by_hand(name: str) -> None:
    with serving(well) as server:
        host = server.base_url.removesuffix("/v1")
        options = ["--headless", "--only-summary", "-u", "2", "--exit-code-on-error", "0", "--host", host]
        command = [sys.executable, "-m", "locust", "-f", str(MIX.with_name(f"{name}.py")), *options]
        paths = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
        environment = {**os.environ, "PYTHONPATH": paths}
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        while not server.calls and process.poll() is None:
            time.sleep(0.05)
        process.terminate()
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    assert "Traceback" not in output
    assert server.calls
