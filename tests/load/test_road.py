"""The road: a generator that ends well, badly, early, or not at all."""

import asyncio
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cozecheck import bundled
from cozecheck.checks import ALL
from cozecheck.errors import NoVerdictError
from cozecheck.findings import Outcome, Report
from cozecheck.load import Changes, Course, Crew, decide, generator, run
from cozecheck.load.profiles import NAMES, named
from cozecheck.probe import Endpoint, Limits, Probe

STAND_IN, BLOCKED = (Path(__file__).with_name(name) for name in ("stand_in.py", "blocked.py"))
SLOS = ("error_rate < 1%", "ttft_p95 < 500ms")


def loaded(way: str, server: bundled.Bundled, *, slos: tuple[str, ...] = SLOS, after: int = 0) -> Report:
    """Run the stand-in its *way*; interrupt it, or end the target, *after* so many seconds of it."""

    async def drive() -> Report:
        seen = 0

        def watch(_second: Mapping[str, Any]) -> None:
            nonlocal seen
            seen += 1
            if seen == after:
                task.cancel()

        profile = named("ramp").model_copy(update={"slos": slos})
        course = Course(time.time, command=(sys.executable, str(STAND_IN), way), watch=watch)
        async with Probe(Endpoint(server.base_url, server.api_key), Limits.within(5)) as probe:
            task = asyncio.ensure_future(run(probe, decide(profile, Changes()), ALL, {}, None, course))
            return await task

    return asyncio.run(drive())


@pytest.fixture(scope="module")
def server() -> Any:
    with bundled.running() as running:
        yield running


def test_a_run_that_ends_well_is_measured(server: bundled.Bundled) -> None:
    report = loaded("well", server)
    assert (report.exit_code, report.kind) == (0, "load")
    assert report.load
    assert report.load.totals.finished == 400
    assert [each.count for each in report.load.slos] == [400, 400]


def test_a_broken_promise_is_exit_code_1(server: bundled.Bundled) -> None:
    assert loaded("well", server, slos=("ttft_p95 < 50ms",)).exit_code == 1


def test_a_promise_that_is_not_settled_is_exit_code_3(server: bundled.Bundled) -> None:
    report = loaded("well", server, slos=("error_rate < 0.1%",))
    assert (report.exit_code, report.unsettled) == (3, ("load.slo.error-rate",))


def test_an_interruption_keeps_what_was_done(server: bundled.Bundled) -> None:
    report = loaded("forever", server, after=5)
    assert (report.exit_code, report.run.interrupted) == (3, True)
    assert report.load
    assert len(report.load.series) == 10


def test_a_generator_that_crashes_gives_no_verdict_and_its_last_line(server: bundled.Bundled) -> None:
    report = loaded("crash", server)
    assert report.exit_code == 3
    (said,) = (check.reason for check in report.checks if check.id == "load.generator")
    assert "it ended with 1: MemoryError: nothing left" in said


def test_one_that_does_not_start_says_why(server: bundled.Bundled) -> None:
    with pytest.raises(NoVerdictError, match="it ended with 1: ModuleNotFoundError: No module named 'gevent'"):
        loaded("early", server)


def test_a_target_that_is_there_is_waited_for(server: bundled.Bundled) -> None:
    report = loaded("silent", server, after=16)
    assert report.run.interrupted
    assert not any(finding.id == "load.answers" for finding in report.findings)


def test_a_target_that_dies_ends_the_run() -> None:
    async def drive() -> Report:
        dying = bundled.running()
        server = dying.__enter__()
        ended = False

        def watch(_second: Mapping[str, Any]) -> None:
            nonlocal ended
            if not ended:
                ended = True
                with suppress(StopIteration):
                    dying.__exit__(None, None, None)

        profile = named("ramp").model_copy(update={"slos": SLOS})
        course = Course(time.time, command=(sys.executable, str(STAND_IN), "silent"), watch=watch)
        async with Probe(Endpoint(server.base_url, server.api_key), Limits.within(5)) as probe:
            return await run(probe, decide(profile, Changes()), ALL, {}, None, course)

    report = asyncio.run(drive())
    assert report.exit_code == 1
    assert report.load
    assert [each.id for each in report.findings] == ["load.answers"]
    assert "the run ended early, after 10 s" in report.notes[0]


def pressed(server: bundled.Bundled, course: Course, seconds: float = 4) -> Report:
    """Send a short load with the real generator."""

    async def drive() -> Report:
        async with Probe(Endpoint(server.base_url, server.api_key), Limits.within(5)) as probe:
            decided = decide(named("constant"), Changes(duration=seconds, rate=20.0))
            return await run(probe, decided, ALL, {}, None, course)

    return asyncio.run(drive())


def test_a_generator_that_is_blocked_gives_no_verdict(server: bundled.Bundled, monkeypatch: pytest.MonkeyPatch) -> None:
    *before, mix = generator(Crew())[: generator(Crew()).index("--headless")]
    monkeypatch.setenv("LOCUSTFILES", str(Path(mix).parent))
    report = pressed(server, Course(time.time, command=(*before, str(BLOCKED), "--headless")))
    (said,) = (check for check in report.checks if check.id == "load.generator")
    assert (report.exit_code, said.outcome) == (3, Outcome.ERROR)
    assert "the generator did not keep up: its loop came" in said.reason
    assert {check.outcome for check in report.checks if check.family == "load.slo"} == {Outcome.INCONCLUSIVE}


def test_a_target_that_is_killed_in_mid_run_ends_it_with_what_there_is() -> None:
    seen = []

    def watch(_second: Mapping[str, Any]) -> None:
        seen.append(_second)
        if len(seen) == 3:
            with suppress(StopIteration):
                dying.__exit__(None, None, None)

    dying = bundled.running()
    report = pressed(dying.__enter__(), Course(time.time, watch=watch), seconds=60)
    assert report.exit_code == 1
    assert "load.answers" in {each.id for each in report.findings}
    assert report.load
    assert report.load.totals.finished > report.load.totals.failed > 0
    assert report.load.seconds < 55


TRAFFIC = "\n".join(
    '{"url": "/v1/chat/completions", "at": %.2f, "body": {"messages": [{"role": "user", "content": "hi"}]}}' % (at / 10)
    for at in range(20)
)


@pytest.mark.parametrize("name", NAMES)
def test_each_profile_runs(name: str, server: bundled.Bundled, tmp_path: Path) -> None:
    traffic = tmp_path / "traffic.jsonl"
    traffic.write_text(TRAFFIC, "utf-8")
    profile = named(name)
    peak = {} if name == "trace" else {"rate": 10.0} if profile.shape.is_open else {"users": 4}
    changes = Changes(duration=4, traffic=traffic if name == "trace" else None, **peak)

    async def drive() -> Report:
        async with Probe(Endpoint(server.base_url, server.api_key), Limits.within(10)) as probe:
            return await run(probe, decide(profile, changes), ALL, {}, None, Course(time.time))

    report = asyncio.run(drive())
    assert report.load
    assert report.load.totals.finished > 5
    assert report.load.totals.failed == 0
    # So few seconds settle little, and a busy machine may slow the generator: but nothing fails.
    assert {check.id for check in report.checks if check.outcome is Outcome.FAIL} == set()
