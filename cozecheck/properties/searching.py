"""Hypothesis: cases drawn by a seed, and the smallest of those that fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase, ReadOnlyDatabase
from hypothesis.errors import HypothesisException
from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

from cozecheck.strategies import Case

Fails = Callable[[Case], bool]
MOST_REMEMBERED = 20
_CACHE: LRUCache[Any, Any] = LRUCache(1024)


def draw(strategy: SearchStrategy[Case], count: int, number: int) -> tuple[Case, ...]:
    """Draw *count* cases, or all there are; the simplest comes first."""
    drawn: list[Case] = []

    def keep(case: Case) -> bool:
        drawn.append(case)
        return False

    smallest(strategy, keep, count, number)
    return tuple(drawn)


def smallest(
    strategy: SearchStrategy[Case], fails: Fails, count: int, number: int, kept: Path | None = None
) -> Case | None:
    """Return the smallest case that *fails*, of those near the first that does among *count*; None if none does.

    What failed is *kept* in a folder: see `remembered`.
    """
    return _found(strategy, fails, _rules(count, kept, Phase.generate, Phase.shrink), number)


def remembered(strategy: SearchStrategy[Case], kept: Path) -> tuple[Case, ...]:
    """Return the cases *kept* in a folder that the strategy can still draw."""
    found: list[Case] = []

    def keep(case: Case) -> bool:
        found.append(case)
        return False

    if kept.is_dir():
        rules, examples = _rules(MOST_REMEMBERED, None, Phase.reuse), DirectoryBasedExampleDatabase(kept)
        _found(strategy, keep, settings(rules, database=ReadOnlyDatabase(examples)), 0)
    return tuple(found)


class _FailureFoundError(Exception):
    """A case fails."""


def _found(strategy: SearchStrategy[Case], fails: Fails, rules: settings, number: int) -> Case | None:
    last: list[Case] = []

    def search(case: Case) -> None:
        if fails(case):
            last[:] = [case]
            raise _FailureFoundError

    try:
        with without_local_constants():
            rules(seed(number)(given(strategy)(search)))()  # @seed drops the database where it comes last
    except _FailureFoundError:
        return last[0]
    except HypothesisException:  # it wavers, or there is nothing to draw: what has failed stands as it was
        return None
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
