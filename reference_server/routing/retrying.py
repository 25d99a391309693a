"""Whether a request that failed may be tried once more, elsewhere."""

from dataclasses import dataclass

RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
BLAMED = frozenset({408, 500, 502, 503, 504, 529})
"""Statuses that speak against an engine: not 429, it is only full, and not 4xx, the request is bad."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How a try ended: with a status, or without one (no connection, a timeout); after the first byte or before."""

    status: int | None = None
    began: bool = False

    @property
    def retryable(self) -> bool:
        """Whether another engine may do better. Never after the first byte: the client has part of an answer."""
        return not self.began and (self.status is None or self.status in RETRYABLE)

    @property
    def blamed(self) -> bool:
        """Whether it counts against the engine."""
        return self.status is None or self.status in BLAMED


@dataclass(frozen=True, slots=True)
class BudgetRule:
    """Retries may be `share` of the requests and `per_s` a second, `burst` of them saved up."""

    share: float = 0.2
    per_s: float = 1.0
    burst: float = 20.0


class RetryBudget:
    """A bucket of retries, so that a fleet that fails is not buried under them."""

    def __init__(self, rule: BudgetRule) -> None:
        """Start full."""
        self._rule = rule
        self._tokens = rule.burst
        self._at: float | None = None

    def earn(self) -> None:
        """Count one request, not a retry."""
        self._tokens = min(self._rule.burst, self._tokens + self._rule.share)

    def spend(self, now: float) -> bool:
        """Take one retry; False where none is left."""
        waited = 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        self._tokens = min(self._rule.burst, self._tokens + waited * self._rule.per_s)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
