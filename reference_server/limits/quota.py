"""What a caller may use, and what is decided about a request."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

Limit = Literal["requests", "tokens", "concurrency"]


@dataclass(frozen=True, slots=True)
class Quota:
    """The most of a caller: requests and tokens in any minute, requests at a time. None is no limit."""

    requests: int | None = None
    tokens: int | None = None
    concurrency: int | None = None

    @property
    def limits(self) -> bool:
        """Whether it limits anything."""
        return (self.requests, self.tokens, self.concurrency) != (None, None, None)


class Meter(NamedTuple):
    """How one limit stands: what is used, seconds until there is room for the request, and until nothing is used."""

    used: int = 0
    wait: float = 0.0
    reset: float = 0.0


@dataclass(frozen=True, slots=True)
class Reservation:
    """A place that is held for a request. `slot` is the second in which its `tokens` were reserved."""

    id: str
    subject: str
    quota: Quota
    tokens: int
    slot: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, and how the limits stand after it; `lacking` is the limit that has no room."""

    quota: Quota
    requests: Meter
    tokens: Meter
    running: int
    lacking: Limit | None = None
    reservation: Reservation | None = None


class Limiter(Protocol):
    """Keeps callers within their quotas."""

    async def reserve(self, subject: str, quota: Quota, tokens: int) -> Verdict:
        """Hold a place for a request of so many tokens, if all limits have room; otherwise count nothing."""
        ...

    async def settle(self, reservation: Reservation, spent: int) -> None:
        """Give a place back, and count the tokens that were spent instead of those reserved; once is enough."""
        ...
