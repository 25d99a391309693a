"""How fast coze-server serves, beside a server that answers constants, and beside LiteLLM's proxy."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench import contenders
from tests.bench.apart import installed
from tests.bench.asked import answered
from tests.bench.contenders import Contender, running
from tests.bench.figures import figure
from tests.bench.flood import flood
from tests.bench.paced import paced

ROUNDS, SECONDS = 3, 3.0
SIDE_BY_SIDE, RATE, STREAMS = 0.5, 12_500, 30.0
"""Aims: beside the bare server; requests a second; streams beside LiteLLM's."""
MOST_ADDED, MOST_GROWTH = 2.0, 5.0
"""Aims: milliseconds at half load, and percent of memory."""
WARM, WORN, PATIENCE = 20_000, 220_000, 180.0
"""Requests before and after which memory is looked at, and the seconds that this may take."""


@dataclass(slots=True)
class Rates:
    """Answers a second, round by round."""

    whole: list[float] = field(default_factory=list)
    varied: list[float] = field(default_factory=list)
    streams: list[float] = field(default_factory=list)


def main() -> None:
    """Print every figure, beside what is aimed at."""
    if shutil.which("wrk") is None:
        print("server: not measured, for wrk is missing: apt-get install wrk")
        return
    os.sched_setaffinity(0, {contenders.LOADING})
    with TemporaryDirectory() as folder, ExitStack() as stack:
        for line in measured(Path(folder), stack):
            print(line, flush=True)


def measured(folder: Path, stack: ExitStack) -> Iterator[str]:
    """Measure, and yield the lines."""
    servers = started(folder, stack)
    rates = {name: Rates() for name in servers}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            one_round(server, rates[name], folder, varied=name == "coze-server")
    cores = "a core each" if contenders.SERVING != contenders.LOADING else "one core for both"
    yield f"server and load, {cores}, median of {ROUNDS} (best); load average {os.getloadavg()[0]:.1f}"
    for name, rate in rates.items():
        yield f"  {name:<36}{spread(rate.whole)} requests/s{spread(rate.streams)} streams/s"
    yield from compared(rates)
    half = median(rates["coze-server"].whole) / 2
    yield from latencies(servers, half)
    yield from memory(servers["coze-server"], folder)


def started(folder: Path, stack: ExitStack) -> dict[str, Contender]:
    """Start the servers, by name; the bare one answers what coze-server does."""
    ports = [contenders.free_port() for _ in range(3)]
    coze = stack.enter_context(running(contenders.coze(ports[0]), ports[0]))
    whole, stream = folder / "whole", folder / "stream"
    whole.write_bytes(answered(coze.port, stream=False))
    stream.write_bytes(answered(coze.port, stream=True))
    bare = stack.enter_context(running(contenders.bare(ports[1], whole, stream), ports[1]))
    servers = {"bare": bare, "coze-server": coze}
    if command := installed("litellm"):
        servers["LiteLLM"] = stack.enter_context(running(contenders.litellm(ports[2], command, folder), ports[2]))
    return servers


def one_round(server: Contender, rates: Rates, folder: Path, *, varied: bool) -> None:
    """Flood a server with every kind of request; whoever answers constants has nothing to vary."""
    rates.whole.append(flood(server.port, SECONDS, folder).rate)
    if varied:
        rates.varied.append(flood(server.port, SECONDS, folder, varied=True).rate)
    rates.streams.append(flood(server.port, SECONDS, folder, stream=True).rate)


def spread(rates: list[float]) -> str:
    """Return the median, and the best."""
    return f"{median(rates):>9,.0f} ({max(rates):,.0f})"


def compared(rates: dict[str, Rates]) -> Iterator[str]:
    """Hold coze-server against the others, round by round: those of a round met the same machine."""
    ours, bare, theirs = rates["coze-server"], rates["bare"], rates.get("LiteLLM")
    yield figure("  requests beside bare", beside(ours.whole, bare.whole), "times", least=SIDE_BY_SIDE)
    yield figure("  requests, each another, beside bare", beside(ours.varied, bare.whole), "times")
    yield figure("  streams beside bare", beside(ours.streams, bare.streams), "times")
    yield figure("  requests", median(ours.whole), "a second", least=RATE)
    if theirs:
        yield figure("  requests beside LiteLLM", beside(ours.whole, theirs.whole), "times", least=100)
        yield figure("  streams beside LiteLLM", beside(ours.streams, theirs.streams), "times", least=STREAMS)


def beside(ours: list[float], theirs: list[float]) -> float:
    """Return how many times as fast ours is."""
    return median(our / their for our, their in zip(ours, theirs, strict=True))


def latencies(servers: dict[str, Contender], rate: float) -> Iterator[str]:
    """Measure what coze-server adds at a steady rate, over the bare server at the same."""
    found = {name: paced(servers[name].port, rate, SECONDS + 2) for name in ("bare", "coze-server")}
    yield f"latency at {rate:,.0f} requests/s, half of what coze-server managed; ms"
    for name, part, most in (("p50", 0.5, None), ("p99", 0.99, MOST_ADDED)):
        bare, coze = (1000 * each[int(part * len(each))] for each in found.values())
        yield figure(f"  {name} added ({coze:.2f} - {bare:.2f})", coze - bare, "ms", most=most)


def memory(server: Contender, folder: Path) -> Iterator[str]:
    """Look at what coze-server holds after many requests, each another, and after many more."""
    count, spent = asked_until(WARM, 0, server, folder)
    warm = server.memory
    count, spent = asked_until(WORN, count, server, folder, spent)
    growth = 100 * (server.memory - warm) / warm
    yield f"memory: {warm:,.1f} MB after {WARM:,} requests, {server.memory:,.1f} MB after {count:,}, in {spent:.0f} s"
    yield figure("  growth", growth, "percent", most=MOST_GROWTH)


def asked_until(count: int, done: int, server: Contender, folder: Path, spent: float = 0.0) -> tuple[int, float]:
    """Ask until so many requests are answered, or patience ends; return how many were, and the seconds."""
    while done < count and spent < PATIENCE:
        done += flood(server.port, SECONDS, folder, varied=True).count
        spent += SECONDS
    return done, spent
