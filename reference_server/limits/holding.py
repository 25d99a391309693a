"""A place held for as long as a request runs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from reference_server.limits.headers import headers, refusal
from reference_server.limits.quota import Limiter, Quota, Verdict


class Held:
    """A request within its limits. Whoever learns what it cost sets `spent`; until then the estimate stands."""

    def __init__(self, verdict: Verdict, spent: int) -> None:
        """`spent` is the estimate, in tokens."""
        self.spent = spent
        self.headers: Mapping[str, str] = headers(verdict)


@asynccontextmanager
async def held(limiter: Limiter, subject: str, quota: Quota, tokens: int) -> AsyncIterator[Held]:
    """Hold a place for the length of the block, or raise RateLimited; `tokens` is the estimate.

    However the block ends, by an error or because the client left, the place is given back.
    """
    verdict = await limiter.reserve(subject, quota, tokens)
    if verdict.reservation is None:
        raise refusal(verdict, tokens)
    place = Held(verdict, tokens)
    try:
        yield place
    finally:
        await limiter.settle(verdict.reservation, place.spent)
