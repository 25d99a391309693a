"""Numbers inside of documented ranges, and just beyond them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.contract.parameters import LARGE, Range
from cozecheck.strategies.values import decimals


def in_range(each: Range) -> SearchStrategy[Any]:
    """Draw numbers that a range holds, or null."""
    low, high = int(each.low), int(each.high)
    whole = sorted({low, min(low + 1, high), (low + high) // 2, max(high - 1, low), high})
    return st.sampled_from((*(whole if each.whole else decimals(each.low, each.high)), None))


def beyond(each: Range) -> tuple[SearchStrategy[Any], ...]:
    """Return strategies of numbers just below a range, just above it, and far beyond it."""
    step = 1 if each.whole else 0.01
    far = (-1000, 1000, 10**12) if each.high != LARGE else (-1000,)
    near = (each.low - step, each.high + step) if each.high != LARGE else (each.low - step,)
    return (*map(st.just, near), st.sampled_from(far).filter(lambda number: not each.holds(number)))
