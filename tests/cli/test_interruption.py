"""Told to end, a run ends at once, keeps what was done, and leaves nobody behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cozecheck import scenarios
from tests.cli.commands import target
from tests.probe.hostile import Reader, Writer
from tests.test_conformance import Target
from tests.test_meeting import HELLO, body

SIGNALS = pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
PATIENCE = 30


@contextmanager
def started(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a command for as long as the block lasts, at most."""
    command = [sys.executable, "-m", "cozecheck", *arguments, "--report", "json=r.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def kept(running: "subprocess.Popen[str]") -> dict[str, Any]:
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 3
    assert err.count("\n") == 1
    assert out.startswith("NO VERDICT")
    assert "interrupted" in out
    report: dict[str, Any] = json.loads(Path("r.json").read_text("utf-8"))
    assert report["run"]["interrupted"] is True
    kept_run: dict[str, Any] = report["run"]
    return kept_run


@SIGNALS
def test_a_load_keeps_what_was_done_and_leaves_nobody_behind(by: signal.Signals) -> None:
    with started("load", "smoke", "--workers", "2", "--no-progress") as running:
        assert running.stderr
        told = running.stderr.readline()
        time.sleep(8)  # the generator begins, and sends
        helpers = list(_below(running.pid))
        running.send_signal(by)
        out, err = running.communicate(timeout=PATIENCE)
    assert "smoke, 8 users" in told
    assert (running.returncode, err) == (3, "")
    assert "interrupted" in out
    report = json.loads(Path("r.json").read_text("utf-8"))
    assert report["run"]["interrupted"]
    assert report["load"]["totals"]["finished"] > 0
    assert len(helpers) >= 4  # the bundled server, Locust's master and its workers
    assert [each for each in helpers if Path(f"/proc/{each}").exists()] == []


def _below(pid: int) -> Iterator[int]:
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        yield child
        yield from _below(child)


@SIGNALS
@pytest.mark.parametrize(
    "command", [["conformance", "--select", "transport.responds"], ["fidelity"]], ids=lambda each: each[0]
)
def test_a_live_run_keeps_what_was_done(command: list[str], by: signal.Signals) -> None:
    told: list[subprocess.Popen[str]] = []

    async def then(number: int, _request: bytes, _reader: Reader, writer: Writer) -> None:
        if number == 5:
            told[0].send_signal(by)  # and no answer
            return
        writer.write(body(HELLO))
        await writer.drain()

    alone = ["--concurrency", "1"]
    with target(Target(then)) as base_url, started(*command, "--base-url", base_url, *alone) as running:
        told.append(running)
        assert kept(running)["requests"] == 4


def test_first_contact_can_be_broken_off() -> None:
    told: list[subprocess.Popen[str]] = []

    async def silent(_reader: Reader, _writer: Writer) -> None:
        told[0].send_signal(signal.SIGINT)

    with target(silent) as base_url, started("conformance", "--base-url", base_url) as running:
        told.append(running)
        assert running.communicate(timeout=PATIENCE)[1] == "cozecheck: interrupted\n"
    assert running.returncode == 3


def test_the_bundled_server_does_not_stay_behind() -> None:
    with started("conformance") as running:
        assert running.stderr is not None
        assert f"of {len(scenarios.ALL)} scenarios" in running.stderr.readline()
        (server,) = children(running.pid)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=PATIENCE)
    assert running.returncode == 3
    assert not Path(f"/proc/{server}").exists()


def children(of: int) -> list[int]:
    if not Path("/proc").exists():
        pytest.skip("needs /proc, which Linux has")
    return [int(each) for each in Path(f"/proc/{of}/task/{of}/children").read_text().split()]


@SIGNALS
def test_a_judgement_of_recordings_ends_at_once(by: signal.Signals) -> None:
    os.mkfifo("r.jsonl")
    # The pipe opens when the other side opens it, which then waits for what comes through.
    with started("judge", "r.jsonl", "--select", "transport.json-strict") as running, Path("r.jsonl").open("wb"):
        running.send_signal(by)
        _, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, err) == (3, "cozecheck: interrupted\n")
