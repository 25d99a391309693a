"""Whether a target has an endpoint at all, told from how it refuses."""

import re

from cozecheck.exchange import Exchange
from cozecheck.findings import Inconclusive, Unsupported, Verdict
from cozecheck.views.failures import error_in

MISSING = frozenset((404, 405, 501))
_NO_SUCH_PLACE = re.compile(
    r"\b(endpoint|path|route|url|api|method)\b.{0,120}\b(not|n't|un)\s?-?(supported|found|implemented|allowed|exist)"
    r"|\b(unsupported|invalid|unknown|no such) (request )?(endpoint|path|route|url)\b",
    re.I | re.S,
)
"""How servers say that they do not have an endpoint."""


def words(exchange: Exchange) -> str:
    """Return what a refusal says: its message, or the beginning of the body."""
    assert exchange.response is not None
    error = error_in(exchange.response.json)
    message = error.get("message") if isinstance(error, dict) else error
    return message if isinstance(message, str) else exchange.response.content[:500].decode("utf-8", "replace")


def is_missing(exchange: Exchange) -> bool:
    """Whether the endpoint is not there: 404, 405, 501, or a 400 that says so."""
    response = exchange.response
    if response is None or response.ok:
        return False
    return response.status in MISSING or (response.status == 400 and bool(_NO_SUCH_PLACE.search(words(exchange))))


def lacking(exchange: Exchange | None, what: str) -> Verdict | None:
    """Say why *what* was not answered with 2xx; None where it was."""
    if exchange is None or exchange.response is None or exchange.failure:
        return Inconclusive(f"{what}: no answer")
    if exchange.response.ok:
        return None
    said = f"{what}: {exchange.response.status}, {words(exchange)[:160]}"
    return Unsupported(said) if is_missing(exchange) else Inconclusive(said)
