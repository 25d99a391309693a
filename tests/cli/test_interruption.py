"""Told to end, a run ends at once, keeps what was done, and leaves nobody behind."""

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import target
from tests.probe.hostile import Reader, Writer
from tests.test_conformance import Target
from tests.test_recordings import entry

SIGNALS = [signal.SIGINT, signal.SIGTERM]


def started(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "cozecheck", *arguments, "--report", "json=r.json", "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(running: "subprocess.Popen[str]", by: signal.Signals) -> str:
    running.send_signal(by)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (3, "")
    report = json.loads(Path("r.json").read_text("utf-8"))
    assert report["run"]["interrupted"] is True
    assert report["summary"]["exit_code"] == 3
    return out


@pytest.mark.parametrize("by", SIGNALS, ids=lambda each: each.name)
def test_a_live_run(by: signal.Signals) -> None:
    caught: list[subprocess.Popen[str]] = []

    async def then(number: int, _request: bytes, _reader: Reader, _writer: Writer) -> None:
        caught[0].send_signal(by)

    with target(Target(then)) as base_url:
        caught.append(started("conformance", "--base-url", base_url, "--concurrency", "1"))
        out, err = caught[0].communicate(timeout=30)
    assert (caught[0].returncode, err) == (3, "cozecheck: interrupted\n")
    assert out == ""
