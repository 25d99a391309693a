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


USUAL = vars(logging.LogRecord(__name__, logging.INFO, __file__, 0, "request", (), None))


class Line(logging.LogRecord):
    """A record that looks up neither the place in the source nor the thread: a quarter of the cost."""

    def __init__(self, level: int, message: str, fields: dict[str, Any]) -> None:
        """`fields` are what it is about."""
        vars(self).update(USUAL)
        self.levelno, self.levelname = level, logging.getLevelName(level)
        self.msg = message
        self.created = time.time()
        self.fields = fields


def took(seen: Observed) -> float:
    """Return for how many seconds the client waited."""
    until = seen.first_token if seen.streams and seen.first_token is not None else seen.ended
    return (until or seen.began) - seen.began


def described(seen: Observed) -> dict[str, Any]:
    """Return what is known of a request. Parameters, content and keys are not in its record at all."""
    # Written out, for it is made once a request: a loop over the names takes twice as long.
    found: dict[str, Any] = {
        "request_id": seen.request_id,
        "method": seen.method,
        "operation": shortened(seen.operation or seen.path),
        "status": seen.status,
    }
    if seen.key is not None:
        found["key"] = seen.key
    if seen.model is not None:
        found["model"] = shortened(seen.model)
    if seen.engine is not None:
        found["engine"], found["route"], found["attempts"] = seen.engine, seen.route, seen.attempts
    if seen.tokens_in is not None:
        found["tokens_in"], found["tokens_out"] = seen.tokens_in, seen.tokens_out
    if seen.finish is not None:
        found["finish"] = seen.finish
    if seen.pieces:
        found["pieces"] = seen.pieces
    found.update(rare(seen))
    found["ms"] = phases(seen)
    return found


def rare(seen: Observed) -> dict[str, Any]:
    """Return what most requests have nothing of."""
    if seen.error is seen.overflow is seen.cache is None and not seen.dropped and not seen.client_left:
        return {}
    found = {
        "error": seen.error,
        "overflow": seen.overflow,
        "cache": seen.cache,
        "dropped": len(seen.dropped) or None,
        "client_left": seen.client_left or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def phases(seen: Observed) -> dict[str, float]:
    """Return the phases in milliseconds: `queue` is how long it waited, the last two count from the beginning."""
    found, began = {}, seen.began
    if seen.read is not None:
        found["read"] = milliseconds(seen.read - began)
        if seen.routed is not None:
            found["route"] = milliseconds(seen.routed - seen.read)
    if seen.waited:
        found["queue"] = milliseconds(seen.waited)
    if seen.streams and seen.first_token is not None and seen.last_token is not None:
        found["stream"] = milliseconds(seen.last_token - seen.first_token)
    if seen.first_byte is not None:
        found["first_byte"] = milliseconds(seen.first_byte - began)
    if seen.ended is not None:
        found["total"] = milliseconds(seen.ended - began)
    return found


def milliseconds(seconds: float) -> float:
    """Return milliseconds to the microsecond."""
    return int(seconds * 1e6 + 0.5) / 1000


def shortened(text: str | None) -> str | None:
    """Return what a client said at a length fit for a log."""
    return text if text is None or len(text) <= LONGEST else f"{text[:LONGEST]}…"
