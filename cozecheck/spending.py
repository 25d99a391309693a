"""Requests sent within a budget, and what they cost."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from cozecheck.exchange import Exchange, FailureKind
from cozecheck.meeting import Met, cost
from cozecheck.probe import Probe, retry_delay
from cozecheck.scenarios import Send

ATTEMPTS = 3
"""How often a send is tried that is refused for want of capacity."""
SILENCE = 20
"""Requests in a row without any response, after which the target is gone and the run ends."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may cost at most; None is no bound."""

    requests: int | None = None
    tokens: int | None = None

    def allows(self, requests: int, tokens: int) -> bool:
        """Whether so much is within the bounds."""
        enough = self.requests is None or requests <= self.requests
        return enough and (self.tokens is None or tokens <= self.tokens)

    def after(self, requests: int, tokens: int) -> "Budget":
        """Return what is left of it after so much."""
        return Budget(
            None if self.requests is None else max(self.requests - requests, 0),
            None if self.tokens is None else max(self.tokens - tokens, 0),
        )


@dataclass
class Purse:
    """Sends what it can afford; begins with what first contact has cost."""

    probe: Probe
    budget: Budget
    met: Met
    progress: Callable[[str], None] = lambda _: None
    requests: int = field(init=False)
    tokens: int = field(init=False)
    stopped: str = field(default="", init=False)
    """Why nothing more is sent."""
    _silent: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.requests, self.tokens = self.met.requests, self.met.tokens

    async def send(self, send: Send, exchange_id: str, scenario: str, kept: list[Exchange]) -> Exchange:
        """Send, and again where the target asks for patience; every answer is *kept*, the last one is returned."""
        for attempt in range(1, ATTEMPTS + 1):
            name = exchange_id + (" again" if attempt > 1 else "")
            exchange = await self.probe.send(send, exchange_id=name, scenario=scenario)
            kept.append(exchange)
            self._count(exchange, send)
            delay = retry_delay(exchange)
            if delay is None or attempt == ATTEMPTS or not self.affords(send):
                break
            await asyncio.sleep(delay)
        self.progress(scenario)
        return exchange

    def affords(self, send: Send) -> bool:
        """Whether *send* is within the budget."""
        return not self.stopped and self.budget.allows(self.requests + 1, self.tokens + send.tokens)

    def _count(self, exchange: Exchange, send: Send) -> None:
        self.requests += 1
        self.tokens += cost(exchange, send)
        self._silent = 0 if exchange.response else self._silent + 1
        if self._silent >= SILENCE:
            self.stopped = f"{SILENCE} requests in a row had no response"
        elif not self.budget.allows(self.requests, self.tokens):
            self.stopped = f"the budget is spent: {self.requests} requests, {self.tokens} tokens"


def is_refused(exchange: Exchange) -> bool:
    """Whether nobody was there."""
    return exchange.failure is not None and exchange.failure.kind is FailureKind.CONNECT
