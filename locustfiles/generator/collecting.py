"""The run as a whole: what every process measured, added up."""

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any

from cozecheck.histograms import Histogram
from generator import pacing
from generator.measures import Measures
from generator.order import SEARCH, TRACE, Shape
from generator.searching import Seen


@dataclass(slots=True)
class Process:
    """One that sends: when it joined and was lost, in seconds into the run, and how it does."""

    id: str
    joined: float
    lost: float | None = None
    requests: int = 0
    in_flight: int = 0
    is_home: bool = False
    """It sends nothing more, and has told of all that it sent."""
    cpu: float = 0.0
    lag: Histogram = field(default_factory=Histogram)
    lag_most: float = 0.0

    def take(self, taken: Mapping[str, Any]) -> None:
        """Add what it said of itself; of its CPU share the most counts, once it has run for a while."""
        health = taken["health"]
        self.lag.add(health["lag"])
        self.lag_most = max(self.lag_most, health["lag_most"])
        self.cpu = max(self.cpu, health["cpu"])
        self.in_flight, self.is_home = taken["in_flight"], taken["is_home"]


class Collector:
    """Adds up; `second` is to be called once a second, with how many users there are."""

    def __init__(self) -> None:
        self.measures = Measures()
        self.processes: dict[str, Process] = {}
        self.series: list[dict[str, Any]] = []
        self.samples: deque[dict[str, Any]] = deque()
        self.crossings: list[dict[str, Any]] = []
        self.search: dict[str, Any] | None = None
        self.rate = 0.0
        self.due = self.pressed = 0.0
        """Requests that an open load should have sent by now, and in how many seconds."""
        self.is_draining = False
        self.started_at = time.time()
        self._begun = time.perf_counter()
        self._pressed_to, self._drained_at = 0.0, inf
        self._now = Measures()

    def begin(self) -> None:
        """Start the clock."""
        self.started_at, self._begun = time.time(), time.perf_counter()
        for process in self.processes.values():
            process.joined = 0.0

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.perf_counter() - self._begun

    @property
    def process_count(self) -> int:
        """How many send."""
        return len(self.present())

    @property
    def in_flight(self) -> int:
        """Requests on their way, by the last word of those present."""
        return sum(each.in_flight for each in self.present())

    @property
    def is_home(self) -> bool:
        """Whether those present have told of all that they sent: what comes later, Locust does not wait for."""
        return all(each.is_home for each in self.present())

    def present(self) -> list[Process]:
        """Return those that are not lost, in the order in which they joined."""
        return [each for each in self.processes.values() if each.lost is None]

    def take(self, id: str, taken: Mapping[str, Any]) -> None:
        """Add what a process took out."""
        process = self.join(id)
        self.measures.add(taken["measures"])
        self._now.add(taken["measures"])
        self.samples.extend(taken["samples"])
        self.crossings.extend(taken["crossings"])
        process.requests += sum(part["counts"].get("finished", 0) for part in taken["measures"].values())
        process.take(taken)

    def join(self, id: str) -> Process:
        """Return a process, a new one where it was not known."""
        found = self.processes.get(id)
        if found is None:
            found = self.processes[id] = Process(id, self.seconds)
        found.lost = None
        return found

    def keep(self, present: Iterable[str]) -> None:
        """Note those that are gone; at the end that is as it should be."""
        alive = set(present)
        for process in self.present():
            if process.id not in alive and not self.is_draining:
                process.lost, process.in_flight = self.seconds, 0

    def set_rate(self, rate: float) -> None:
        """Note what a search presses with, or stages ask for."""
        self.rate = rate

    def drain_processes(self) -> None:
        """Let nothing more be sent."""
        if not self.is_draining:
            self.is_draining, self._drained_at = True, self.seconds

    def seen(self) -> Seen:
        """Return what a search looks at."""
        measures = self.measures
        return Seen(measures.total("good"), measures.total("finished"), self.in_flight)

    def shares(self) -> dict[str, dict[str, float | bool]]:
        """Return each process's part of an open load."""
        present = self.present()
        common = {"count": len(present), "rate": self.rate, "is_draining": self.is_draining}
        return {process.id: {"index": index, **common} for index, process in enumerate(present)}

    def press(self, shape: Shape | None) -> None:
        """Note what has become due of an open load since the last time."""
        since, self._pressed_to = self._pressed_to, min(self.seconds, self._drained_at)
        if shape is None or not shape.is_open or shape.kind == TRACE:
            return
        held, stages = self.rate, shape.stages
        rate = (lambda _: held) if shape.kind == SEARCH else partial(pacing.level, stages)
        due, pressed = pacing.due(rate, since, self._pressed_to)
        self.due += due
        self.pressed += pressed

    def second(self, users: int) -> dict[str, Any]:
        """Close a second: return its line."""
        now, self._now = self._now, Measures()
        e2e, ttft = now.overall("e2e"), now.overall("ttft")
        counts = {name: now.total(name) for name in ("started", "finished", "failed", "dropped", *TOKENS)}
        line = {
            "at": round(self.seconds, 3),
            "users": users,
            "in_flight": self.in_flight,
            **counts,
            **_percentiles("e2e", e2e),
            **_percentiles("ttft", ttft),
        }
        self.series.append(line)
        return line


TOKENS = ("tokens_in", "tokens_out")


def _percentiles(name: str, histogram: Histogram) -> dict[str, float]:
    if not histogram.count:
        return {}
    found = zip((50, 95, 99), histogram.percentiles(50, 95, 99), strict=True)
    return {f"{name}_p{percent}": round(seconds, 6) for percent, seconds in found}
