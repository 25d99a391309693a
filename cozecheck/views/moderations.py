"""Exchanges read as moderations: what was to be judged, and the judgements."""

from typing import Any

from cozecheck.exchange import Exchange
from cozecheck.views.calls import Call, call, success

CREATE = "moderations.create"


def moderation_request(exchange: Exchange) -> Call | None:
    """Read an answered request to judge texts."""
    made = call(exchange, CREATE)
    return made if made and _texts(made.asked.get("input")) else None


def parts_request(exchange: Exchange) -> Call | None:
    """Read an answered request to judge parts: texts and images together."""
    made = call(exchange, CREATE)
    return made if made and _parts(made.asked.get("input")) else None


def inputless(exchange: Exchange) -> Call | None:
    """Read an answered request that gives nothing to judge."""
    made = call(exchange, CREATE)
    if made is None or not isinstance(exchange.request.parsed.value, dict):
        return None
    given = made.asked.get("input")
    return None if isinstance(given, str | list) else made


def moderation(exchange: Exchange) -> Call | None:
    """Read a moderation."""
    return success(exchange, CREATE)


def results(made: Call) -> list[tuple[str, dict[str, Any]]]:
    """Return the judgements that are objects, each with its JSON Pointer."""
    listed = made.value.get("results")
    items = listed if isinstance(listed, list) else []
    return [(f"/results/{place}", item) for place, item in enumerate(items) if isinstance(item, dict)]


def wanted(made: Call) -> int | None:
    """Return how many judgements a request asks for: one for each text, or one for all parts together."""
    given = made.asked.get("input")
    if isinstance(given, str) or _parts(given):
        return 1
    return len(given) if isinstance(given, list) and _texts(given) else None


def _texts(given: Any) -> bool:
    return bool(given) and (
        isinstance(given, str) or (isinstance(given, list) and all(isinstance(each, str) for each in given))
    )


def _parts(given: Any) -> bool:
    return bool(given) and isinstance(given, list) and all(isinstance(each, dict) for each in given)
