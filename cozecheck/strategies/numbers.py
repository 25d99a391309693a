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


def beyond(each: Range) -> SearchStrategy[Any]:
    """Draw numbers just beyond a range, and far beyond it."""
    step = 1 if each.whole else 0.01
    below, above = (each.low - step, -1000), (each.high + step, 1000, 10**12)
    return st.sampled_from(below if each.high == LARGE else (*below, *above))
