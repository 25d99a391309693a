"""The servers of the bench, each a process on a core of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from socket import create_server

from tests.bench.asked import HOST, answered

CORES = sorted(os.sched_getaffinity(0))
SERVING, LOADING = CORES[0], CORES[-1]
OPENING = 120.0
"""Seconds that a server may take to answer for the first time."""
ENDING = 3.0
PAGE = os.sysconf("SC_PAGE_SIZE")
MOCKED = " ".join(["It is a fine day, and I am well."] * 4)


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that runs."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def memory(self) -> float:
        """What it holds in memory, in megabytes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * PAGE / 1e6


def coze(port: int) -> list[str]:
    """The command of coze-server: the synthetic engine, one worker, its log included."""
    return [sys.executable, "-m", "reference_server", "--port", str(port), "--workers", "1"]


def bare(port: int, whole: Path, stream: Path) -> list[str]:
    """The command of the server that answers constants."""
    return [sys.executable, "-m", "tests.bench.bare", str(port), str(whole), str(stream)]


def litellm(port: int, command: Path, folder: Path) -> list[str]:
    """The command of LiteLLM's proxy, which answers by itself."""
    config = folder / "litellm.yaml"
    config.write_text(
        "model_list:\n- model_name: gpt-4o-mini\n  litellm_params:\n"
        f"    model: openai/gpt-4o-mini\n    api_key: none\n    mock_response: {MOCKED}\n"
        "general_settings:\n  dangerously_permit_weak_or_unset_master_key: true\n"
    )
    return [str(command), "--config", str(config), "--host", HOST, "--port", str(port), "--num_workers", "1"]


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[Contender]:
    """Run a server on the first core, until the block ends; TimeoutError where it does not answer."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    os.sched_setaffinity(process.pid, {SERVING})
    try:
        _await_answer(process, port)
        yield Contender(port, process)
    finally:
        process.terminate()
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with create_server((HOST, 0)) as held:
        return int(held.getsockname()[1])


def _await_answer(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + OPENING
    while time.monotonic() < until and process.poll() is None:
        try:
            answered(port, stream=False)
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(" ".join(process.args) if isinstance(process.args, list) else "the server")
