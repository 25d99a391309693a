"""How sure a measured number is: intervals that hold with 95 % confidence."""

import math
from collections.abc import Sequence
from typing import Final

CONFIDENT: Final = 1.96
"""Standard deviations on either side that hold 95 % of a normal distribution."""
TAIL: Final = 0.025
"""What may lie beyond either end."""
FEWEST: Final = 8
"""Values that a mean needs before anything is said of it."""
_REACH: Final = 9
"""Standard deviations beyond which a binomial distribution is nothing."""


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the Wilson interval of a share; 0 to 1 of nothing."""
    if not trials:
        return 0.0, 1.0
    share, weight = successes / trials, CONFIDENT**2 / trials
    middle = (share + weight / 2) / (1 + weight)
    reach = math.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    # At either end rounding may leave the share itself just outside.
    return max(0.0, min(middle - reach, share)), min(1.0, max(middle + reach, share))


def ranks(count: int, share: float) -> tuple[int, int] | None:
    """Return between which of *count* sorted values, from 1, the quantile at *share* lies; None of too few.

    By order statistics: how many of the values lie below a quantile is binomial, whatever their distribution.
    """
    deviation = math.sqrt(count * share * (1 - share))
    low = first = max(0, math.floor(count * share - _REACH * deviation))
    below = 0.0
    for number in range(first, count):
        below += _binomial(number, count, share)
        if below <= TAIL:
            low = number + 1
        elif below >= 1 - TAIL:
            return (low, number + 1) if low else None
    return None


def _binomial(number: int, count: int, share: float) -> float:
    """Return how probable it is that *number* of *count* lie below."""
    ways = math.lgamma(count + 1) - math.lgamma(number + 1) - math.lgamma(count - number + 1)
    return math.exp(ways + number * math.log(share) + (count - number) * math.log(1 - share))


def needed(share: float) -> int:
    """Return how many values the interval of a quantile needs at least."""
    return math.ceil(math.log(TAIL) / math.log(max(share, 1 - share)))


def mean(values: Sequence[float]) -> tuple[float, float] | None:
    """Return the interval of the mean of *values*, by their own spread; None of too few."""
    if len(values) < FEWEST:
        return None
    middle = math.fsum(values) / len(values)
    variance = math.fsum((each - middle) ** 2 for each in values) / (len(values) - 1)
    reach = CONFIDENT * math.sqrt(variance / len(values))
    return middle - reach, middle + reach
