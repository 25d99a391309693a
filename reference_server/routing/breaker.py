"""A circuit breaker: an engine that fails too often is left alone for a while."""

from dataclasses import dataclass

from reference_server.routing.snapshot import Circuit
from reference_server.routing.windows import Window


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """Opens when `failure_ratio` of at least `min_requests` in `window_s` seconds failed.

    After `open_s` seconds it lets `trials` through at a time; when as many succeed it closes, when one fails it opens.
    """

    failure_ratio: float = 0.5
    min_requests: int = 10
    window_s: float = 30.0
    open_s: float = 30.0
    trials: int = 2

    def __post_init__(self) -> None:
        """Refuse what could never open, or never close."""
        if not 0 < self.failure_ratio <= 1 or min(self.min_requests, self.trials) < 1:
            raise ValueError("a circuit breaker needs a ratio above 0 and up to 1, and at least one request")
        if min(self.window_s, self.open_s) <= 0:
            raise ValueError("a circuit breaker needs more than 0 seconds")


class Breaker:
    """One engine's breaker, fed with the outcomes of what it let through."""

    def __init__(self, rule: BreakerRule) -> None:
        """Start closed."""
        self._rule = rule
        self._generation = 0
        self._turn_to(Circuit.CLOSED)

    def state(self, now: float) -> Circuit:
        """Return the state; one that is open becomes half open by time alone."""
        waited = self._state is Circuit.OPEN and now >= self._opened + self._rule.open_s
        return Circuit.HALF_OPEN if waited else self._state

    @property
    def turns(self) -> int:
        """How often it has turned since it was made."""
        return self._generation - 1

    def opens_at(self, now: float) -> float | None:
        """Return when requests will be let through again, if they are not now."""
        return self._opened + self._rule.open_s if self.state(now) is Circuit.OPEN else None

    def begin(self, now: float) -> int | None:
        """Let a request through: returns what `end` wants to know it by; None if it must not go."""
        state = self.state(now)
        if state is not self._state:
            self._turn_to(state)
        if state is Circuit.OPEN or (state is Circuit.HALF_OPEN and self._running >= self._rule.trials):
            return None
        self._running += 1
        return self._generation

    def end(self, generation: int, now: float, *, failed: bool | None) -> None:
        """Take the outcome of a request; None tells nothing about the engine: its client went away."""
        # A request that began before the breaker turned says nothing about the engine as it is now.
        if generation != self._generation:
            return
        self._running -= 1
        if failed is None:
            return
        if self._state is Circuit.HALF_OPEN:
            self._tried(now, failed=failed)
            return
        self._window.add(now, bad=failed)
        # The ratio alone would open it on a success as well.
        if failed and self._window.total(now) >= self._rule.min_requests:
            self._open_above(self._window.ratio(now), now)

    def _tried(self, now: float, *, failed: bool) -> None:
        self._succeeded += not failed
        if failed:
            self._turn_to(Circuit.OPEN, now)
        elif self._succeeded >= self._rule.trials:
            self._turn_to(Circuit.CLOSED)

    def _open_above(self, ratio: float, now: float) -> None:
        if ratio >= self._rule.failure_ratio:
            self._turn_to(Circuit.OPEN, now)

    def _turn_to(self, state: Circuit, now: float = 0.0) -> None:
        self._state = state
        self._opened = now
        self._generation += 1
        self._running = self._succeeded = 0
        self._window = Window(self._rule.window_s)
