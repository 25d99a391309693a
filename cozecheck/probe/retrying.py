"""When to try again after a refusal for want of capacity."""

from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Final

from cozecheck.exchange import Exchange, Headers

LONGEST: Final = 5.0
UNSAID: Final = 0.2
"""Seconds to wait where a 429 does not say how long."""


def retry_delay(exchange: Exchange) -> float | None:
    """Return the seconds to wait before trying again, at most `LONGEST`; None where trying again is not asked for."""
    response = exchange.response
    if response is None or response.status not in (429, 503):
        return None
    asked = _asked(response.headers)
    if asked is None:
        return UNSAID if response.status == 429 else None
    return min(max(asked, 0.0), LONGEST)


def _asked(headers: Headers) -> float | None:
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    return seconds if seconds is not None else _until(value, headers.get("date"))


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if isfinite(number) else None


def _until(later: str | None, now: str | None) -> float | None:
    """The seconds between two HTTP dates, the second being the target's own clock."""
    try:
        return (parsedate_to_datetime(later or "") - parsedate_to_datetime(now or "")).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
