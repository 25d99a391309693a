"""One line for each request."""

import logging
from collections.abc import Iterator
from typing import Any

from reference_server.observed import Observed

log = logging.getLogger(__name__)
LONGEST = 64


class RequestLog:
    """Logs requests that have ended: slow ones as warnings, what is not OpenAI's API only for debugging."""

    def __init__(self, slow: float) -> None:
        """`slow` seconds make a slow request; of a stream it is the first token that counts."""
        self._slow = slow

    def note(self, seen: Observed) -> None:
        """Log a request."""
        slow = took(seen) >= self._slow
        level = logging.WARNING if slow else logging.INFO if seen.operation else logging.DEBUG
        if log.isEnabledFor(level):
            fields = {name: value for name, value in described(seen) if value is not None}
            log.log(level, "slow request" if slow else "request", extra={"fields": fields})


def took(seen: Observed) -> float:
    """Return for how many seconds the client waited."""
    until = seen.first_token if seen.streams and seen.first_token is not None else seen.ended
    return (until or seen.began) - seen.began


def described(seen: Observed) -> Iterator[tuple[str, Any]]:
    """Yield what is known of a request. Parameters, content and keys are not in its record at all."""
    yield "request_id", seen.request_id
    yield "method", seen.method
    yield "operation", shortened(seen.operation or seen.path)
    yield "status", seen.status
    yield "error", seen.error
    yield "key", seen.key
    yield "model", shortened(seen.model)
    yield "engine", seen.engine
    yield "route", seen.route
    yield "attempts", seen.attempts or None
    yield "overflow", seen.overflow
    yield "cache", seen.cache
    yield "finish", seen.finish
    yield "tokens_in", seen.tokens_in
    yield "tokens_out", seen.tokens_out
    yield "pieces", seen.pieces or None
    yield "client_left", seen.client_left or None
    yield "ms", {name: round(1000 * spent, 3) for name, spent in phases(seen) if spent is not None}


def phases(seen: Observed) -> Iterator[tuple[str, float | None]]:
    """Yield the phases in seconds: each from the end of the one before, the total from the beginning."""
    yield "read", since(seen.began, seen.read)
    yield "route", since(seen.read, seen.routed)
    yield "queue", seen.waited or None
    yield "first_byte", since(seen.began, seen.first_byte)
    yield "stream", since(seen.first_byte, seen.last_token)
    yield "total", since(seen.began, seen.ended)


def since(earlier: float | None, later: float | None) -> float | None:
    """Return the time between two moments that were reached."""
    return None if earlier is None or later is None else later - earlier


def shortened(text: str | None) -> str | None:
    """Return what a client said at a length fit for a log."""
    return text if text is None or len(text) <= LONGEST else f"{text[:LONGEST]}…"
