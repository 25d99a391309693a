"""Whether the generator kept up: what it could not send in time says nothing of the target."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cozecheck.measured import Health

LOOP_LAG: Final = 0.05
"""Seconds that its loop may come late in one of a hundred looks: beyond, answers wait for us."""
DISPATCH_LAG: Final = 0.05
"""Seconds that one of a hundred requests may be sent after it was due."""
CPU: Final = 0.95
"""Of a core, over the busiest process in its busiest second."""
BUSY_LAG: Final = 0.02
"""Seconds of lag that show that such a second was no exception."""
SENT: Final = 0.95
"""Of the requests that were due; dropped ones wait for the target, not for us."""


def health(value: Mapping[str, Any], counts: Mapping[str, int], *, is_open: bool, crash: str = "") -> Health:
    """Read how the generator did, and judge it; *counts* are of all operations, *crash* is how it ended if it did."""
    numbers = {name: value[name] for name in Health.__dataclass_fields__ if name in value}
    faults = (*((crash,) if crash else ()), *_faults(Health(**numbers), counts, is_open=is_open))
    return Health(**numbers, faults=faults)


def _faults(seen: Health, counts: Mapping[str, int], *, is_open: bool) -> Iterator[str]:
    if seen.loop_lag_p99 > LOOP_LAG:
        yield f"its loop came {_ms(seen.loop_lag_p99)} late (p99), {_ms(LOOP_LAG)} at most may be"
    elif seen.cpu > CPU and seen.loop_lag_p99 > BUSY_LAG:
        yield f"it took {seen.cpu:.0%} of a core, and its loop came {_ms(seen.loop_lag_p99)} late (p99)"
    if is_open and seen.dispatch_lag_p99 > DISPATCH_LAG:
        yield f"it sent {_ms(seen.dispatch_lag_p99)} after requests were due (p99), {_ms(DISPATCH_LAG)} at most may be"
    if is_open and (sent := _sent(seen, counts)) < SENT:
        yield f"it sent {sent:.1%} of the requests that were due, {SENT:.0%} at least must be"


def _sent(seen: Health, counts: Mapping[str, int]) -> float:
    """Return the share of what was due that was sent or dropped."""
    if not seen.target_rate or not counts["started"]:
        return 1.0
    return seen.achieved_rate * (1 + seen.dropped / counts["started"]) / seen.target_rate


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
