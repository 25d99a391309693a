"""The generator's own health: when it says nothing of the target."""

from collections import Counter
from typing import Any

import pytest

from cozecheck.load.health import health
from tests.load.results import HEALTH

SENT = Counter(started=1000)


def faults(*, is_open: bool = True, crash: str = "", **changes: Any) -> tuple[str, ...]:
    return health({**HEALTH, **changes}, SENT, is_open=is_open, crash=crash).faults


def test_one_that_keeps_up_has_no_faults() -> None:
    assert faults() == faults(is_open=False) == ()
    assert faults(cpu=1.0) == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"loop_lag_p99": 0.06}, "its loop came 60 ms late (p99)"),
        ({"cpu": 0.99, "loop_lag_p99": 0.025}, "it took 99% of a core"),
        ({"dispatch_lag_p99": 0.5}, "it sent 500 ms after requests were due"),
        ({"target_rate": 100.0, "achieved_rate": 80.0}, "it sent 80.0% of the requests that were due"),
        ({"crash": "it ended with 1: MemoryError"}, "it ended with 1: MemoryError"),
    ],
)
def test_one_that_does_not_says_how(changes: dict[str, Any], says: str) -> None:
    (found,) = faults(**changes)
    assert says in found


def test_what_was_dropped_waits_for_the_target() -> None:
    assert faults(target_rate=100.0, achieved_rate=50.0, dropped=1000) == ()


def test_a_closed_loop_owes_no_rate() -> None:
    assert faults(is_open=False, dispatch_lag_p99=1.0) == ()
