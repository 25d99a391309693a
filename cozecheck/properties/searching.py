"""Hypothesis: cases drawn by a seed, and the smallest of those that fail."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis.database import DirectoryBasedExampleDatabase, ReadOnlyDatabase
from hypothesis.errors import HypothesisException, NoSuchExample
from hypothesis.strategies import SearchStrategy

from cozecheck.strategies import Case

Fails = Callable[[Case], bool]
MOST_REMEMBERED = 20


def draw(strategy: SearchStrategy[Case], count: int, seed: int) -> tuple[Case, ...]:
    """Draw *count* cases, or all there are; the simplest comes first."""
    drawn: list[Case] = []

    def keep(case: Case) -> bool:
        drawn.append(case)
        return False

    smallest(strategy, keep, count, seed)
    return tuple(drawn)


def smallest(
    strategy: SearchStrategy[Case], fails: Fails, count: int, seed: int, kept: Path | None = None, key: str = ""
) -> Case | None:
    """Return the smallest case that *fails*, of those near the first that does among *count*; None if none does.

    What failed is *kept* in a folder, under a *key*: see `remembered`.
    """
    return _found(strategy, fails, _rules(count, kept, Phase.generate, Phase.shrink), seed, key)


def remembered(strategy: SearchStrategy[Case], kept: Path, key: str) -> tuple[Case, ...]:
    """Return the cases *kept* under a *key* that the strategy can still draw."""
    found: list[Case] = []

    def keep(case: Case) -> bool:
        found.append(case)
        return False

    if kept.is_dir():
        rules = settings(
            _rules(MOST_REMEMBERED, None, Phase.reuse), database=ReadOnlyDatabase(DirectoryBasedExampleDatabase(kept))
        )
        _found(strategy, keep, rules, 0, key)
    return tuple(found)


def _found(strategy: SearchStrategy[Case], fails: Fails, rules: settings, seed: int, key: str) -> Case | None:
    try:
        return find(strategy, fails, settings=rules, random=Random(seed), database_key=key.encode())  # noqa: S311
    except NoSuchExample:
        return None
    except HypothesisException:  # it wavers, or there is nothing to draw: what has failed stands as it was
        return None


def _rules(count: int, kept: Path | None, *phases: Phase) -> settings:
    """Say everything, so that no profile and no variable of a CI says anything else."""
    return settings(
        max_examples=max(count, 1),
        derandomize=False,
        database=DirectoryBasedExampleDatabase(kept) if kept else None,
        phases=phases,
        deadline=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        backend="hypothesis",
        report_multiple_bugs=False,
    )
