"""What a capacity plan came to, as plain values: seconds, shares, money."""

from dataclasses import dataclass, field
from typing import Final

THRESHOLD: Final = 0.8
"""The share of what a replica holds that is planned with: beyond, queues grow faster than load."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is planned for: requests a second, tokens in and out of each; prices are per million tokens."""

    qps: float
    prompt: float
    output: float
    replicas: int | None = None
    """How many there are; None asks how many it takes."""
    replica_price: float | None = None
    """Of one replica, an hour."""
    price_in: float | None = None
    price_out: float | None = None


@dataclass(frozen=True, slots=True)
class Replica:
    """What one of the measured target holds of the requests that are planned for."""

    rate: float
    """Requests a second within the SLOs."""
    usable: float
    """The same, up to the threshold."""
    slots: int
    """Requests that it works on at once."""
    seconds: float
    """That it works on one, on average."""
    is_bound: bool
    """Nothing broke when it was measured: it holds that much at least."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a queueing simulation says of it: seconds before a request is worked on."""

    busy: float
    """The share of slots at work."""
    waits: float
    """The share of requests that wait at all."""
    mean: float
    p95: float
    p99: float
    e2e_p95: float
    """Of the whole answer, from when the request came."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Money an hour."""

    own: float | None
    overflow: float | None
    """Of what goes to the commercial API."""
    commercial: float | None
    """If all went there."""
    break_even: float | None
    """Requests a second from which on one replica costs less than the commercial API."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that was planned."""

    wanted: Wanted
    source: str
    replica: Replica
    replicas: int
    overflow: float
    """The share of requests that is more than the replicas hold, up to the threshold."""
    waiting: Waiting
    """Of what stays."""
    cost: Cost
    threshold: float = THRESHOLD
    assumptions: tuple[str, ...] = field(default=())
