"""One line for each request."""

import logging
import time
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
            log.handle(Line(level, "slow request" if slow else "request", described(seen)))


class Line(logging.LogRecord):
    """A record without what nobody reads of it: the place in the source, the thread, the process."""

    def __init__(self, level: int, message: str, fields: dict[str, Any]) -> None:
        """Costs a fifth of an ordinary record, once a request."""
        self.name = __name__
        self.levelno = level
        self.levelname = logging.getLevelName(level)
        self.msg = message
        self.args = ()
        self.created = time.time()
        self.exc_info = None
        self.fields = fields


def took(seen: Observed) -> float:
    """Return for how many seconds the client waited."""
    until = seen.first_token if seen.streams and seen.first_token is not None else seen.ended
    return (until or seen.began) - seen.began


def described(seen: Observed) -> dict[str, Any]:
    """Return what is known of a request. Parameters, content and keys are not in its record at all."""
    known = {
        "request_id": seen.request_id,
        "method": seen.method,
        "operation": shortened(seen.operation or seen.path),
        "status": seen.status,
        "error": seen.error,
        "key": seen.key,
        "model": shortened(seen.model),
        "engine": seen.engine,
        "route": seen.route,
        "attempts": seen.attempts or None,
        "overflow": seen.overflow,
        "cache": seen.cache,
        "finish": seen.finish,
        "tokens_in": seen.tokens_in,
        "tokens_out": seen.tokens_out,
        "pieces": seen.pieces or None,
        "client_left": seen.client_left or None,
        "ms": phases(seen),
    }
    return {name: value for name, value in known.items() if value is not None}


def phases(seen: Observed) -> dict[str, float]:
    """Return the phases in milliseconds: `queue` is how long it waited, the last two count from the beginning."""
    found = {
        "read": since(seen.began, seen.read),
        "route": since(seen.read, seen.routed),
        "queue": round(1000 * seen.waited, 3) or None,
        "stream": since(seen.first_token, seen.last_token),
        "first_byte": since(seen.began, seen.first_byte),
        "total": since(seen.began, seen.ended),
    }
    return {name: spent for name, spent in found.items() if spent is not None}


def since(earlier: float | None, later: float | None) -> float | None:
    """Return the milliseconds between two moments that were reached."""
    return None if earlier is None or later is None else round(1000 * (later - earlier), 3)


def shortened(text: str | None) -> str | None:
    """Return what a client said at a length fit for a log."""
    return text if text is None or len(text) <= LONGEST else f"{text[:LONGEST]}…"
