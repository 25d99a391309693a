"""How exact our load generator is, what it costs, and what it sees of a server that freezes."""

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cozecheck.histograms import Histogram
from tests.bench import contenders
from tests.bench.asked import HOST
from tests.bench.contenders import free_port
from tests.bench.figures import figure
from tests.locustfiles.odd import Call, serving, stream

MIX = Path(__file__).parents[2] / "locustfiles" / "mix.py"
STREAMS = ((32, 0.01), (256, 0.01), (1000, 0.04), (1000, 0.01))
"""How many at once, and seconds between two words; a busy machine's server may keep the slower pace only."""
WARM, SECONDS = 4.0, 6.0
"""Seconds before the window that counts, and of it."""
BEGINNING = 60.0
"""Seconds that a client may take to begin."""
TTFT_OFF, ITL_OFF = 1.0, 0.3
"""Milliseconds by which a median may be off."""
RATE_1000 = 2500.0
BESIDE_FAST = 0.5
SWAPPED = 10_000
DISPATCHED, DISPATCH_LAG = 5000.0, 2.0
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Window:
    """What happened between two looks at server and client."""

    requests: int
    seconds: float
    cpu: float
    server: Mapping[str, float]

    @property
    def each(self) -> float:
        """Microseconds of CPU a request."""
        return 1e6 * self.cpu / max(self.requests, 1)


def main() -> None:
    """Print every figure, beside what is aimed at."""
    with TemporaryDirectory() as folder:
        for part in (exactness, cost, frozen, dispatch, swapped):
            for line in part(Path(folder)):
                print(line, flush=True)


def exactness(folder: Path) -> Iterator[str]:
    """Medians at a growing number of streams, against what the server did."""
    yield f"load, exactness: first token after 50 ms; load average {os.getloadavg()[0]:.1f}"
    for users, gap in STREAMS:
        with metronome(gap) as port:
            window, result = ours(folder, port, {"kind": "closed", "stages": [{"seconds": 60, "users": users}]})
        ttft, itl = (percentile(result, "chat_stream", name, 50) * 1000 for name in ("ttft", "itl"))
        did_ttft, did_itl = window.server["ttft"] * 1000, window.server["itl"] * 1000
        rate = window.requests / window.seconds
        pace = f"a token every {gap * 1000:.0f} ms"
        yield f"  {users:,} streams, {pace}: {rate:,.0f} a second, {window.each:,.0f} us of CPU each"
        yield figure(f"    ttft off ({ttft:.2f} - {did_ttft:.2f})", abs(ttft - did_ttft), "ms", most=TTFT_OFF)
        yield figure(f"    itl off ({itl:.2f} - {did_itl:.2f})", abs(itl - did_itl), "ms", most=ITL_OFF)
    yield figure("    streams", rate, "a second", least=RATE_1000)


def cost(folder: Path) -> Iterator[str]:
    """CPU a request, beside others; guidellm is left out: it installs 5.9 GB of torch."""
    yield "load, cost: 256 streams at once, microseconds of CPU each"
    shape = {"kind": "closed", "stages": [{"seconds": 60, "users": 256}]}
    found = {}
    with metronome() as port:
        found["ours"] = ours(folder, port, shape)[0].each
        for name in ("Fast", "Plain"):
            found[name] = watched(port, locusts(name, port, 256)).each
        if importlib.util.find_spec("aiohttp"):
            command = [sys.executable, "-m", "tests.bench.load_aiohttp", str(port), "256", str(WARM + SECONDS + 10)]
            found["aiohttp"] = watched(port, command).each
    names = {"ours": "ours", "Fast": "FastHttpUser", "Plain": "HttpUser", "aiohttp": "aiohttp with uvloop"}
    for name, each in found.items():
        yield figure(f"  {names[name]}", each, "us")
    yield figure("  beside FastHttpUser", found["ours"] / found["Fast"], "times", most=BESIDE_FAST)


def frozen(folder: Path) -> Iterator[str]:
    """A server that freezes for half a second every three, asked in a closed and in an open loop."""
    yield "load, a server that freezes for 0.5 s every 3 s; p99 in ms"
    stage = {"seconds": 12}
    with metronome(0.01, "freezes") as port:
        closed = finished(folder, port, {"kind": "closed", "stages": [{**stage, "users": 4}]}, mix={"chat": 1})
        poisson = finished(folder, port, {"kind": "poisson", "stages": [{**stage, "rate": 500}]}, mix={"chat": 1})
    yield figure("  closed loop", percentile(closed, "chat", "e2e", 99) * 1000, "ms")
    yield figure("  open loop", percentile(poisson, "chat", "e2e_intended", 99) * 1000, "ms", least=300)


def dispatch(folder: Path) -> Iterator[str]:
    """How late requests leave at a high rate."""
    shape = {"kind": "constant", "stages": [{"seconds": 8, "rate": DISPATCHED}]}
    with metronome() as port:
        result = finished(folder, port, shape, mix={"models": 1})
    achieved, cpu = result["health"]["achieved_rate"], result["health"]["cpu"]
    yield f"load, dispatch at {DISPATCHED:,.0f} arrivals/s: {achieved:,.0f} sent, {cpu:.0%} of a core at most"
    lag = percentile(result, "models", "send_lag", 99) * 1000
    yield figure("  send lag p99", lag, "ms", most=DISPATCH_LAG)


def swapped(folder: Path) -> Iterator[str]:
    """Two streams swapped once in ten thousand requests."""
    crossed: list[Call] = []

    async def behave(call: Call) -> None:
        if call.number % SWAPPED >= SWAPPED - 2:
            crossed.append(call)
            for _ in range(50 if len(crossed) % 2 else 0):  # the first of two waits for the other
                await asyncio.sleep(0.1)
                if not len(crossed) % 2:
                    return
            if not len(crossed) % 2:
                one, other = crossed[-2:]
                await stream(one, [other.canary])
                await stream(other, [one.canary])
                return
        await stream(call, [call.canary])

    with serving(behave) as server:
        shape = {"kind": "closed", "stages": [{"seconds": 20, "users": 32}]}
        result = finished(folder, server.port, shape)
    found = sum(each["count"] for each in result["errors"] if each["kind"] == "cross-talk")
    yield f"load, two streams swapped once in {SWAPPED:,} requests: {result['totals']['finished']:,} sent"
    yield figure("  cross-talk", found, "answers", least=len(crossed) // 2 * 2 or 2)


@contextmanager
def metronome(gap: float = 0.01, *options: str) -> Iterator[int]:
    """Run the server on the first core, with so many seconds between two words; gives its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.metronome", str(port), str(gap), *options])
    os.sched_setaffinity(process.pid, {contenders.SERVING})
    try:
        _await_server(port)
        yield port
    finally:
        process.kill()
        process.wait()


def ours(folder: Path, port: int, shape: Mapping[str, Any], **changes: Any) -> tuple[Window, dict[str, Any]]:
    """Run our locustfile, look at a window, stop it; return what it left as well."""
    return watched(port, _locust(folder, port, shape, changes)), json.loads((folder / "result.json").read_text())


def finished(folder: Path, port: int, shape: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Run our locustfile to its end."""
    process = _started(_locust(folder, port, shape, changes))
    process.wait()
    value: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return value


def locusts(name: str, port: int, users: int) -> list[str]:
    """The command of one of Locust's own clients."""
    file = Path(__file__).with_name("load_users.py")
    options = ["-u", str(users), "-r", str(users), "--host", f"http://{HOST}:{port}"]
    return [sys.executable, "-m", "locust", "--headless", "--only-summary", "-f", str(file), *options, name]


def watched(port: int, command: Sequence[str]) -> Window:
    """Run a client, look at it and at the server twice, and stop it."""
    process = _started(command)
    try:
        before, until = _told(port)["done"], time.monotonic() + BEGINNING
        while _told(port)["done"] < before + 64:
            if time.monotonic() > until:
                raise TimeoutError(f"not 64 answers within {BEGINNING:g} s: {' '.join(command)}")
            time.sleep(0.1)
        time.sleep(WARM)
        began, cpu, first = time.perf_counter(), _cpu(process.pid), _told(port)
        time.sleep(SECONDS)
        last, spent, took = _told(port), _cpu(process.pid) - cpu, time.perf_counter() - began
        return Window(int(last["done"] - first["done"]), took, spent, last)
    finally:
        process.terminate()
        process.wait()


def percentile(result: Mapping[str, Any], operation: str, metric: str, percent: float) -> float:
    """Return a percentile of a run, in seconds."""
    return Histogram.from_text(result["operations"][operation]["histograms"][metric]).percentile(percent)


def _locust(folder: Path, port: int, shape: Mapping[str, Any], changes: Mapping[str, Any]) -> list[str]:
    order = {"base_url": f"http://{HOST}:{port}/v1", "model": "m", "shape": shape, "mix": {"chat_stream": 1}}
    (folder / "order.json").write_text(json.dumps({**order, "sample": 0.0, "folder": str(folder), **changes}))
    os.environ["COZECHECK_LOAD"] = str(folder / "order.json")
    return [sys.executable, "-m", "locust", "--headless", "--only-summary", "-f", str(MIX)]


def _started(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.sched_setaffinity(process.pid, {contenders.LOADING})
    return process


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def _told(port: int) -> dict[str, float]:
    connection = HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", "/v1/models")
        value: dict[str, float] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return value


def _await_server(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            _told(port)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
