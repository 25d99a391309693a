"""Hypothesis: cases drawn by a seed, and the smallest of those that fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis.database import DirectoryBasedExampleDatabase, ReadOnlyDatabase
from hypothesis.errors import HypothesisException, NoSuchExample
from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

from cozecheck.strategies import Case

Fails = Callable[[Case], bool]
MOST_REMEMBERED = 20
_CACHE: LRUCache[Any, Any] = LRUCache(1024)


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
        with without_local_constants():
            return find(strategy, fails, settings=rules, random=Random(seed), database_key=key.encode())  # noqa: S311
    except NoSuchExample:
        return None
    except HypothesisException:  # it wavers, or there is nothing to draw: what has failed stands as it was
        return None


@contextmanager
def without_local_constants() -> Iterator[None]:
    """Keep Hypothesis from drawing the numbers and texts that stand in the modules which happen to be loaded.

    It knows no setting for that, and a seed would draw other requests in another place, or after another import.
    """
    before = providers._get_local_constants, providers.CONSTANTS_CACHE
    providers._get_local_constants, providers.CONSTANTS_CACHE = Constants, _CACHE
    try:
        yield
    finally:
        providers._get_local_constants, providers.CONSTANTS_CACHE = before


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
