"""Servers that are killed in the midst of writes: what was acknowledged is there, and nothing by halves."""

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import postgres_server
from tests.reference_server.enduring import Writer
from tests.reference_server.test_cli import run, started
from tests.reference_server.test_workers import children
from tests.reference_server.visitors import until

KILLS = int(os.environ.get("COZECHECK_KILLS", "12"))
"""How many workers are killed; 500 take about ten minutes."""
BETWEEN = 1.1
"""Seconds: who lived that long is replaced at once."""
WRITERS = 4
PATIENCE = 60.0
CHAT = "/v1/chat/completions"
pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="processes are looked at in /proc")


@contextmanager
def state(kind: str) -> Iterator[dict[str, Any]]:
    """Give what a configuration says of a database of a kind, where it says anything."""
    if kind == "sqlite":
        yield {}
        return
    with postgres_server.database() as url:
        yield {"state": {"url": url}}


def configured(folder: Path, **settings: Any) -> str:
    config = folder / "config.yaml"
    config.write_text(json.dumps({"engines": [{"name": "base", "token_delay": 0}], **settings}))
    return str(config)


@contextmanager
def writing(writers: list[Writer]) -> Iterator[None]:
    """Let all write, side by side, for as long as the block lasts."""
    stop = threading.Event()

    def write(writer: Writer) -> None:
        while not stop.is_set():
            writer.write()

    with ThreadPoolExecutor(len(writers)) as pool:
        written = [pool.submit(write, writer) for writer in writers]
        try:
            yield
        finally:
            stop.set()
    for each in written:
        each.result()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_workers_are_killed_and_nothing_acknowledged_is_lost(
    kind: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(7)
    with state(kind) as said, started("--config", configured(tmp_path, **said), "--workers", "2") as (process, base):
        writers = [Writer(base, random.Random(number)) for number in range(WRITERS)]
        with writing(writers):
            for _ in range(KILLS):
                time.sleep(BETWEEN)
                until(lambda: bool(children(process.pid)))
                os.kill(chance.choice(sorted(children(process.pid))), signal.SIGKILL)
        held = [wrong for writer in writers for wrong in writer.held()]
        for writer in writers:
            writer.close()
    acknowledged, lost = sum(each.acknowledged for each in writers), sum(each.lost for each in writers)
    record_property(f"{KILLS} killed workers, {kind}", f"{acknowledged:,} acknowledged, {lost} without an answer")
    assert held == []
    assert acknowledged > KILLS
    assert lost > 0


def lines(count: int) -> bytes:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 8}
    asked = [{"custom_id": str(number), "method": "POST", "url": CHAT, "body": body} for number in range(count)]
    return "\n".join(map(json.dumps, asked)).encode()


def begun(base: str, count: int) -> str:
    upload = httpx2.post(f"{base}/files", data={"purpose": "batch"}, files={"file": ("in.jsonl", lines(count))})
    asked = {"input_file_id": upload.json()["id"], "endpoint": CHAT, "completion_window": "24h"}
    return str(httpx2.post(f"{base}/batches", json=asked).json()["id"])


def look(base: str, batch: str) -> dict[str, Any]:
    return dict(httpx2.get(f"{base}/batches/{batch}", timeout=PATIENCE).json())


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_batch_goes_on_after_its_server_was_killed(kind: str, tmp_path: Path) -> None:
    count = 60
    with state(kind) as said:
        slow = {"engines": [{"name": "base", "token_delay": 0.02}], **said}
        config = configured(tmp_path, **slow)
        with started("--config", config, "--workers", "1") as (process, base):
            batch = begun(base, count)
            until(lambda: look(base, batch)["request_counts"]["completed"] > 5)
            process.kill()
        with started("--config", config, "--workers", "1") as (_, base):
            before = look(base, batch)
            until(lambda: look(base, batch)["status"] == "completed")
            done = look(base, batch)
            output = httpx2.get(f"{base}/files/{done['output_file_id']}/content").text
            files = httpx2.get(f"{base}/files", params={"purpose": "batch_output"}).json()["data"]
    assert before["status"] == "in_progress"
    assert 5 < before["request_counts"]["completed"] < count
    assert done["request_counts"] == {"total": count, "completed": count, "failed": 0}
    assert sorted(int(json.loads(line)["custom_id"]) for line in output.splitlines()) == list(range(count))
    assert [file["id"] for file in files] == [done["output_file_id"]]


def test_a_batch_is_cancelled_by_way_of_another_worker(tmp_path: Path) -> None:
    config = configured(tmp_path, engines=[{"name": "base", "token_delay": 0.2}])
    with started("--config", config, "--workers", "3") as (_, base):
        batch = begun(base, 200)
        until(lambda: look(base, batch)["status"] == "in_progress")
        stopped = httpx2.post(f"{base}/batches/{batch}/cancel", json={}).json()
        until(lambda: look(base, batch)["status"] == "cancelled")
        done = look(base, batch)
    assert stopped["status"] == "cancelling"
    assert done["request_counts"]["completed"] < 200


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://nobody@127.0.0.1:1/x"])
def test_what_cannot_be_reached_is_told_before_anybody_is_served(url: str, tmp_path: Path) -> None:
    done = run("--config", configured(tmp_path, state={"url": url}), "--port", "0")
    reason = "state: what is kept can't be reached: is the address right, and may it be written?"
    assert (done.returncode, done.stdout) == (2, "")
    assert f"coze-server: {reason}" in done.stderr.splitlines()


def test_an_address_of_no_database_is_refused(tmp_path: Path) -> None:
    done = run("--config", configured(tmp_path, state={"url": "mysql://x"}), "--port", "0")
    assert done.returncode == 2
    assert "begins with 'sqlite:///' or 'postgresql://'" in done.stderr
