"""Hybrid cloud: what stays local, and what goes to the commercial line."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal, NamedTuple

Reason = Literal["size", "priority", "load"]
Signal = Literal["qps", "concurrency", "queue"]
ALL_SIGNALS: frozenset[Signal] = frozenset({"qps", "concurrency", "queue"})


class Line(Enum):
    """The two sides of a hybrid cloud."""

    LOCAL = "local"
    CLOUD = "cloud"


@dataclass(frozen=True, slots=True)
class Overflow:
    """To which pool traffic goes when this one is loaded, and what goes where whatever the load.

    Starts above `start` of the capacity, ends below `end` of it, and lasts `hold_s` seconds at least. Models of up to
    `local_up_to` billion parameters stay, those of `cloud_from` and more go. Critical traffic keeps its `steady` line.
    `model` is what the other side calls the model, if otherwise; `signals` are what counts as load. All the
    rest goes while it lasts, so a hold longer than answers take leaves the local engines idle for the difference.
    """

    pool: str
    model: str | None = None
    start: float = 0.8
    end: float = 0.65
    hold_s: float = 2.0
    local_up_to: float | None = None
    cloud_from: float | None = None
    steady: Line = Line.LOCAL
    signals: frozenset[Signal] = ALL_SIGNALS

    def __post_init__(self) -> None:
        """Refuse bounds that cross."""
        if not 0 <= self.end <= self.start:
            raise ValueError(f"overflow to '{self.pool}' ends below {self.end} of capacity: more than {self.start}")
        if self.local_up_to is not None and self.cloud_from is not None and self.local_up_to >= self.cloud_from:
            raise ValueError(f"overflow to '{self.pool}': a model can't be both small and large")


class Choice(NamedTuple):
    """A line for a request, what it was chosen by, and that in words."""

    line: Line
    by: Reason
    why: str


class Flow(NamedTuple):
    """Whether a pool flows over, and since when."""

    active: bool = False
    since: float = 0.0


def step(flow: Flow, load: float, now: float, rule: Overflow) -> Flow:
    """Return what becomes of an overflow at this load, a share of capacity."""
    if not flow.active:
        return Flow(active=True, since=now) if load > rule.start else flow
    # Only the end waits: a loaded pool must be relieved at once, and that alone keeps the line from flapping.
    ends = load < rule.end and now - flow.since >= rule.hold_s
    return Flow(active=False, since=now) if ends else flow


def line(rule: Overflow, size: float | None, flow: Flow, *, critical: bool) -> Choice:
    """Choose the line for a request: by size in billions of parameters, then priority, then load."""
    # A large model comes first, for the local engines may not have it at all.
    if size is not None and rule.cloud_from is not None and size >= rule.cloud_from:
        return Choice(Line.CLOUD, "size", f"{size:g}b is {rule.cloud_from:g}b or more: cloud")
    if critical:
        return Choice(rule.steady, "priority", f"critical traffic keeps to its line: {rule.steady.value}")
    if size is not None and rule.local_up_to is not None and size <= rule.local_up_to:
        return Choice(Line.LOCAL, "size", f"{size:g}b is {rule.local_up_to:g}b or less: local")
    if flow.active:
        return Choice(Line.CLOUD, "load", f"flows over since {flow.since:.3f}: load passed {rule.start:g} of capacity")
    return Choice(Line.LOCAL, "load", f"load has not passed {rule.start:g} of capacity: local")
