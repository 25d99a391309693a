"""Limits of one worker, kept in memory."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from reference_server.limits.quota import Limit, Meter, Quota, Reservation, Verdict
from reference_server.limits.window import Window


@dataclass(slots=True)
class Account:
    """What one subject uses."""

    requests: Window = field(default_factory=Window)
    tokens: Window = field(default_factory=Window)
    running: set[str] = field(default_factory=set)


class MemoryLimiter:
    """Keeps callers of one worker within their quotas. Exact, for nothing is awaited between look and leap."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` is in seconds, and never goes back."""
        self._clock = clock
        self._accounts: defaultdict[str, Account] = defaultdict(Account)
        self._ids = count()

    async def reserve(self, subject: str, quota: Quota, tokens: int) -> Verdict:
        """Hold a place for a request of so many tokens, if all limits have room; otherwise count nothing."""
        now, account = self._clock(), self._accounts[subject]
        asked = account.requests.meter(now, quota.requests, 1)
        wanted = account.tokens.meter(now, quota.tokens, tokens)
        lacking = lacks(quota, asked, wanted, len(account.running))
        if lacking:
            return Verdict(quota, asked, wanted, len(account.running), lacking)
        slot = account.requests.add(now, 1)
        account.tokens.add(now, tokens)
        reservation = Reservation(f"{next(self._ids)}", subject, quota, tokens, slot)
        account.running.add(reservation.id)
        return Verdict(
            quota,
            account.requests.meter(now, quota.requests, 0),
            account.tokens.meter(now, quota.tokens, 0),
            len(account.running),
            reservation=reservation,
        )

    async def settle(self, reservation: Reservation, spent: int) -> None:
        """Give a place back, and count the tokens that were spent instead of those reserved; once is enough."""
        account = self._accounts[reservation.subject]
        if reservation.id not in account.running:
            return
        account.running.remove(reservation.id)
        if spent > reservation.tokens:
            account.tokens.add(self._clock(), spent - reservation.tokens)
        else:
            account.tokens.take_back(reservation.slot, reservation.tokens - spent)


def lacks(quota: Quota, asked: Meter, wanted: Meter, running: int) -> Limit | None:
    """Return the first limit that has no room."""
    if quota.concurrency is not None and running >= quota.concurrency:
        return "concurrency"
    if asked.wait > 0:
        return "requests"
    return "tokens" if wanted.wait > 0 else None
