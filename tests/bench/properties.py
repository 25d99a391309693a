"""How fast requests are drawn at random, sent and judged, beside Schemathesis at the same server."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter

from cozecheck import bundled
from tests.bench.apart import installed
from tests.bench.figures import figure
from tests.bench.openapi import document

CASES, SEED = 500, 7
LEAST = 5.0
"""Aim: times as many as Schemathesis."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a run came to: cases, requests, those that failed; seconds of a clock and of a core."""

    cases: int
    requests: int
    failures: int
    seconds: float
    cpu: float


def main() -> None:
    """Print every figure, beside what is aimed at."""
    with bundled.running() as server, TemporaryDirectory() as folder:
        for line in measured(server, Path(folder)):
            print(line, flush=True)


def measured(server: bundled.Bundled, folder: Path) -> Iterator[str]:
    """Let each send as many cases of chat completions to a server without flaws, and yield the lines."""
    load = os.getloadavg()[0]
    yield f"{CASES} cases of chat completions at random, from the start of the command; load average {load:.1f}"
    ours = cozecheck(server)
    yield from told("cozecheck", ours, most=0)
    if command := installed("schemathesis"):
        theirs = schemathesis(server, command.resolve(), folder)
        yield from told("Schemathesis", theirs)
        yield from compared(ours, theirs)


def told(name: str, done: Done, most: float | None = None) -> Iterator[str]:
    """Yield what a run took; of a server without flaws every failure is a false alarm."""
    rate, cost = done.requests / done.seconds, 1000 * done.cpu / done.requests
    sent = f"{done.cases:>6,} cases {done.requests:>6,} requests"
    yield f"  {name:<13}{sent} {rate:>8.1f} requests/s {cost:>8.2f} ms of a core each"
    yield figure(f"  {name}, false alarms", done.failures, "failures", most=most)


def compared(ours: Done, theirs: Done) -> Iterator[str]:
    """Hold the rates against each other: by what a core does, for the clock tells of the machine's other work too."""
    for what in ("cases", "requests"):
        one, other = getattr(ours, what), getattr(theirs, what)
        beside = (one / ours.cpu) / (other / theirs.cpu)
        yield figure(f"  {what} a core's second, beside", beside, "times", least=LEAST)
        yield figure(f"  {what} a second, beside", (one / ours.seconds) / (other / theirs.seconds), "times")


def cozecheck(server: bundled.Bundled) -> Done:
    """Draw, send and judge as `cozecheck conformance` does, in a process of its own."""
    to = [server.base_url, server.api_key, str(CASES), str(SEED)]
    said, seconds, cpu = ran([sys.executable, "-m", "tests.bench.explored", *to], Path.cwd(), {0})
    found = json.loads(said)
    return Done(found["cases"], found["requests"], len(found["failures"]), seconds, cpu)


def schemathesis(server: bundled.Bundled, command: Path, folder: Path) -> Done:
    """Let Schemathesis do the same by our own document of the operation; it ends with 1 where anything failed.

    In its fuzzing phase, that is: what its coverage phase sends it counts off the document, and draws nothing.
    """
    (folder / "openapi.json").write_text(json.dumps(document(server.model)), "utf-8")
    to = ["--url", server.base_url, "--header", f"Authorization: Bearer {server.api_key}"]
    what = ["--phases", "fuzzing", "--max-examples", str(CASES), "--seed", str(SEED), "--continue-on-failure"]
    into = ["--report", "json", "--report-json-path", "report.json", "--no-color"]
    _, seconds, cpu = ran([str(command), "run", "openapi.json", *to, *what, *into], folder, {0, 1})
    found = json.loads((folder / "report.json").read_text("utf-8"))["test_cases"]
    return Done(found["generated"], found["generated"], found["with_failures"], seconds, cpu)


def ran(command: Sequence[str], folder: Path, codes: set[int]) -> tuple[str, float, float]:
    """Run a command; return what it printed, and its seconds of a clock and of a core. Raises where it breaks off."""
    before, started = getrusage(RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    seconds, after = perf_counter() - started, getrusage(RUSAGE_CHILDREN)
    if done.returncode not in codes:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout, seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
