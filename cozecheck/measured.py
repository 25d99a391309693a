"""What a load measured, as plain values: seconds, shares, counts."""

from dataclasses import dataclass, field
from typing import Final

ALL: Final = "all"
"""The operation that stands for all of them together."""

DEFINITIONS: Final = {
    "first_byte": "From sending the request to the first byte of the response.",
    "ttft": "Time to first token: from sending to the first non-empty content, reasoning, refusal or tool call.",
    "ttfo": "Time to first output: as ttft, but reasoning does not count.",
    "itl": "Inter-token latency: the gap between two events that carry tokens, weighted by the tokens they carry.",
    "icl": "Inter-chunk latency: the gap between two events that carry tokens, each gap counted once.",
    "tpot": "Time per output token: from the first token to the end, over the tokens after the first.",
    "e2e": "From sending the request to the end of the response.",
    "e2e_intended": "From when the request was due to the end of the response: what a user of an open loop waits.",
    "send_lag": "From when the request was due to its being sent: the generator's own delay.",
    "error_rate": "Requests without a whole, readable answer of their own, of all that ended.",
    "goodput": "Requests answered within every latency that the SLOs name, of all that ended.",
    "throughput": "Whole answers per second.",
    "tokens_in": "Prompt tokens of whole answers per second.",
    "tokens_out": "Generated tokens of whole answers per second.",
}
"""What each measure is, by its name."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many values lie between the bar before and *upper* seconds."""

    upper: float
    count: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A distribution of seconds: one metric of one operation."""

    operation: str
    metric: str
    count: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    max: float
    bars: tuple[Bar, ...] = ()
    """Its histogram, coarse enough to be drawn."""
    histogram: str = ""
    """All of it, in the interchange form of HdrHistogram: reports can be merged."""


@dataclass(frozen=True, slots=True)
class Weight:
    """An operation's part of the traffic."""

    operation: str
    weight: float


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure in words."""

    metric: str
    words: str


@dataclass(frozen=True, slots=True)
class Second:
    """One second of a run; what was not measured in it is None."""

    at: float
    users: int = 0
    in_flight: int = 0
    started: int = 0
    finished: int = 0
    failed: int = 0
    tokens_out: int = 0
    ttft_p50: float | None = None
    ttft_p95: float | None = None
    e2e_p50: float | None = None
    e2e_p95: float | None = None
    waiting: float | None = None
    """Requests in the target's queue, by its own word."""
    running: float | None = None
    """Requests that the target works on, by its own word."""


@dataclass(frozen=True, slots=True)
class Error:
    """Requests that failed in one way."""

    kind: str
    operation: str
    count: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How the generator itself did; seconds, shares, requests per second."""

    loop_lag_p99: float = 0.0
    loop_lag_max: float = 0.0
    dispatch_lag_p99: float = 0.0
    cpu: float = 0.0
    """The busiest process: 1 is a whole core."""
    coalesced: float = 0.0
    """Events that shared a read with the one before: their gaps are not measured."""
    target_rate: float = 0.0
    """Requests per second that were due; 0 in a closed loop."""
    achieved_rate: float = 0.0
    dropped: int = 0
    """Requests that were due and not sent: too many were in flight, which is the target's doing."""
    faults: tuple[str, ...] = ()
    """Why it was the bottleneck; nothing where it was not."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One process that generated load; times are seconds into the run."""

    id: str
    requests: int = 0
    joined_at: float = 0.0
    lost_at: float | None = None
    """When it was gone before the end."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An SLO, and what was measured of it."""

    id: str
    """The check that it makes."""
    slo: str
    limit: float
    count: int
    value: float | None = None
    low: float | None = None
    """Where the interval begins that holds the true value with 95 % confidence; None of too few."""
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The run as a whole: counts, shares, per second."""

    started: int = 0
    finished: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    sampled: int = 0
    error_rate: float = 0.0
    goodput: float | None = None
    throughput: float = 0.0
    canaries: int = 0
    """Answers in which the token of their own request was looked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a search: so much load, and whether it held."""

    level: float
    good: int
    total: int
    low: float
    """Where the interval of the share of good requests begins."""
    high: float
    holds: bool
    why: str


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a search found: users, or requests per second, within the SLOs."""

    holds: float
    """The most that held."""
    breaks: float | None
    """The least that did not; None where nothing broke."""
    attain: float
    """The share of requests that had to be good."""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """What stands out in the numbers."""

    kind: str
    operation: str
    words: str


@dataclass(frozen=True, slots=True)
class Load:
    """Everything that a load run measured."""

    profile: str = ""
    shape: str = ""
    seconds: float = 0.0
    mix: tuple[Weight, ...] = ()
    totals: Totals = field(default_factory=Totals)
    measures: tuple[Measure, ...] = ()
    slos: tuple[Promise, ...] = ()
    errors: tuple[Error, ...] = ()
    series: tuple[Second, ...] = ()
    health: Health = field(default_factory=Health)
    workers: tuple[Worker, ...] = ()
    observations: tuple[Observation, ...] = ()
    capacity: Capacity | None = None
    definitions: tuple[Definition, ...] = ()
