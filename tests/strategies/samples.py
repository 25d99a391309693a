"""Cases drawn from strategies, the same ones every time."""

from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from cozecheck.scenarios.sending import Subject

SUBJECT = Subject("gpt-4o-mini")
T = TypeVar("T")


def sample(strategy: SearchStrategy[T], count: int) -> list[T]:
    """Draw so many values, or all there are."""
    seen: list[T] = []

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: T) -> None:
        seen.append(value)

    collect()
    return seen
