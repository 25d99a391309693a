"""Whether a look came too early: there it had ended, here it has not."""

from typing import Final

from cozecheck.diff import UNDER_WAY
from cozecheck.exchange import Exchange

LOOKS: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
"""Seconds before each further look: between two requests of a recording may have been a day."""


def too_early(recorded: Exchange, live: Exchange) -> bool:
    """Tell whether a batch or response had ended in the recording and is *live* still under way."""
    ended = _status(recorded) not in ("", *UNDER_WAY)
    return recorded.request.method == "GET" and ended and _status(live) in UNDER_WAY


def _status(exchange: Exchange) -> str:
    value = exchange.response.json if exchange.response else None
    status = value.get("status") if isinstance(value, dict) else None
    return status if isinstance(status, str) else ""
