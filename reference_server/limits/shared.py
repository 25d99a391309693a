"""Limits of many workers and nodes, kept in Redis."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from reference_server.limits.quota import Limiter, Meter, Quota, Reservation, Verdict
from reference_server.redis_link import RedisLink, Script, Unreachable

LEASE = 30.0
RENEWALS = 3
"""How often a lease is prolonged while it lasts: one renewal may fail, and the next is still in time."""


class SharedLimiter:
    """Keeps callers within their quotas, however many workers they reach.

    Each decision is one script, which Redis runs alone: so it is exact. A place is a lease, prolonged for as long as
    its request runs: those of a killed worker run out. While Redis is away, the `local` limiter decides.
    """

    def __init__(
        self,
        link: RedisLink,
        local: Limiter,
        worker: str,
        *,
        lease: float = LEASE,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """`worker` is a name no other worker has; without a `clock` Redis' own counts, the same for all nodes."""
        self._local = local
        self._ids = (f"{worker}:{number}" for number in count())
        self._lease = lease
        self._clock = clock
        self._reserve, self._settle, self._renew = (link.script(text(name)) for name in ("reserve", "settle", "renew"))
        self._open: dict[str, Reservation] = {}
        self._renewing = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def reserve(self, subject: str, quota: Quota, tokens: int) -> Verdict:
        """Hold a place for a request of so many tokens, if all limits have room; otherwise count nothing."""
        deciding = asyncio.create_task(self._decide(subject, quota, tokens))
        try:
            return await asyncio.shield(deciding)
        except asyncio.CancelledError:
            # Whoever asked is gone, but Redis will have reserved all the same.
            self._start(self._give_back(deciding))
            raise

    async def settle(self, reservation: Reservation, spent: int) -> None:
        """Give a place back, and count the tokens that were spent instead of those reserved; once is enough."""
        if self._open.pop(reservation.id, None) is None:
            await self._local.settle(reservation, spent)
            return
        excess = 0 if reservation.quota.tokens is None else spent - reservation.tokens
        # Where Redis is away the estimate stands, and the lease runs out.
        with suppress(Unreachable):
            await self._run(
                self._settle,
                [key(reservation.subject, "tokens"), key(reservation.subject, "leases")],
                [reservation.id, reservation.slot, excess],
            )

    async def close(self) -> None:
        """Stop prolonging leases."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _decide(self, subject: str, quota: Quota, tokens: int) -> Verdict:
        identifier = next(self._ids)
        limits = [-1 if most is None else most for most in (quota.requests, quota.tokens, quota.concurrency)]
        keys = [key(subject, what) for what in ("requests", "tokens", "leases")]
        try:
            answer = await self._run(self._reserve, keys, [identifier, tokens, *limits, self._lease])
        except Unreachable:
            return await self._local.reserve(subject, quota, tokens)
        verdict = read(answer, identifier, subject, quota, tokens)
        if verdict.reservation:
            self._hold(verdict.reservation)
        return verdict

    async def _give_back(self, deciding: asyncio.Task[Verdict]) -> None:
        verdict = await deciding
        if verdict.reservation:
            await self.settle(verdict.reservation, 0)

    async def _run(self, script: Script, keys: list[str], values: list[Any]) -> Any:
        now = "" if self._clock is None else repr(self._clock())
        return await script(keys, [now, *values])

    def _hold(self, reservation: Reservation) -> None:
        self._open[reservation.id] = reservation
        if reservation.quota.concurrency is not None and not self._renewing:
            self._renewing = True
            self._start(self._keep_renewing())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_renewing(self) -> None:
        while True:
            await asyncio.sleep(self._lease / RENEWALS)
            for subject, identifiers in by_subject(self._open).items():
                with suppress(Unreachable):
                    await self._run(self._renew, [key(subject, "leases")], [self._lease, *identifiers])


def text(name: str) -> str:
    """Return the script of a name."""
    return Path(__file__).with_name(f"{name}.lua").read_text("utf-8")


def key(subject: str, what: str) -> str:
    """Name what Redis keeps of a subject; the braces keep it all on one node of a cluster."""
    return f"coze:limits:{{{subject}}}:{what}"


def by_subject(open_now: Mapping[str, Reservation]) -> Mapping[str, list[str]]:
    """Return the ids of reservations that hold a place, by subject."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for reservation in open_now.values():
        if reservation.quota.concurrency is not None:
            found[reservation.subject].append(reservation.id)
    return found


def read(answer: list[Any], identifier: str, subject: str, quota: Quota, tokens: int) -> Verdict:
    """Return what the script `reserve` decided."""
    lacking, slot, running = answer[0].decode(), int(answer[1]), int(answer[2])
    asked, wanted = (Meter(int(used), float(wait), float(reset)) for used, wait, reset in (answer[3:6], answer[6:9]))
    if lacking:
        return Verdict(quota, asked, wanted, running, lacking)
    return Verdict(quota, asked, wanted, running, reservation=Reservation(identifier, subject, quota, tokens, slot))
