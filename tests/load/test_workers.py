"""Several processes, here or on other machines, send one load."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cozecheck import bundled
from cozecheck.checks import ALL
from cozecheck.errors import UsageError
from cozecheck.findings import Outcome, Report
from cozecheck.load import Changes, Course, Crew, decide, generator, run, secrets
from cozecheck.load.order import Asked, order
from cozecheck.load.profiles import named
from cozecheck.probe import Endpoint, Limits, Probe

PATIENCE = 120.0
HEADERS = (("x-api-key", "deep-secret-77"),)


def sent(server: bundled.Bundled, crew: Crew) -> Report:
    """Send a short load."""
    endpoint = Endpoint(server.base_url, server.api_key)
    course = Course(time.time, command=generator(crew))

    async def drive() -> Report:
        async with Probe(endpoint, Limits.within(10)) as probe:
            decided = decide(named("constant"), Changes(duration=4, rate=20.0))
            return await run(probe, decided, ALL, {}, None, course)

    return asyncio.run(drive())


def settled(report: Report, workers: int) -> None:
    assert report.load
    assert [worker.lost_at for worker in report.load.workers] == [None] * workers
    assert sum(worker.requests for worker in report.load.workers) == report.load.totals.finished
    assert min(worker.requests for worker in report.load.workers) > 0
    assert 40 < report.load.totals.finished <= 81  # 20/s for 4 s, less what a busy machine was late with
    assert {check.id for check in report.checks if check.outcome is Outcome.FAIL} == set()


def test_workers_of_this_machine_share_a_load() -> None:
    with bundled.running() as server:
        settled(sent(server, Crew(local=2)), 2)


def test_workers_elsewhere_join_with_one_command_and_need_only_the_key() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        crew = Crew(joining=2, port=held.getsockname()[1])
    assert crew.invitation == f"cozecheck load-worker 127.0.0.1:{crew.port}"
    joined: list[subprocess.Popen[str]] = []
    with bundled.running() as server:
        command = [sys.executable, "-m", "cozecheck", *crew.invitation.split()[1:], "--api-key", server.api_key]
        joined += [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        settled(sent(server, crew), 2)
    said = [process.communicate(timeout=PATIENCE)[1] for process in joined]
    assert [process.returncode for process in joined] == [0, 0], said
    assert said == [f"joining the load at 127.0.0.1:{crew.port}\n"] * 2


def test_nothing_secret_is_in_the_order() -> None:
    endpoint = Endpoint("http://127.0.0.1:1/v1", "sk-deep-0123456789", HEADERS)
    decided = decide(named("smoke"), Changes())
    told = order(decided, endpoint, Asked("m", "e"), timeout=1.0, seed=0, folder=Path())
    assert "deep" not in json.dumps(told)
    assert "deep-secret-77" in secrets(endpoint)[told["headers_variable"]]
    assert secrets(endpoint)[told["key_variable"]] == "sk-deep-0123456789"


def test_one_crew_or_the_other() -> None:
    with pytest.raises(UsageError, match="not both"):
        Crew(local=2, joining=2)


def test_from_anywhere_means_this_machine_by_name() -> None:
    assert Crew(joining=1, host="0.0.0.0").invitation == f"cozecheck load-worker {socket.gethostname()}:5557"
    assert Crew(joining=1, host="::1").invitation == "cozecheck load-worker [::1]:5557"
