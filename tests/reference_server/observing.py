"""Builders of records."""

from typing import Any

from reference_server.observed import Attempt, Observed


def observed(**changes: Any) -> Observed:
    """A request that went well: a second and a half, on one engine."""
    usual: dict[str, Any] = {
        "request_id": "req_1",
        "method": "POST",
        "path": "/v1/chat/completions",
        "operation": "/chat/completions",
        "model": "gpt-4o-mini",
        "engine": "base",
        "route": "gpt-.*",
        "attempts": 1,
        "asked": [attempt()],
        "began": 10.0,
        "read": 10.001,
        "routed": 10.002,
        "first_byte": 11.4,
        "ended": 11.5,
        "tokens_in": 7,
        "tokens_out": 5,
        "finish": "stop",
        "status": 200,
    }
    return Observed(**{**usual, **changes})


def streamed(**changes: Any) -> Observed:
    """A stream of five pieces, 0.1 seconds apart."""
    usual = {"streams": True, "first_token": 11.0, "last_token": 11.4, "pieces": 5}
    return observed(**{**usual, **changes})


def attempt(engine: str = "base", status: int | None = 200, error: str | None = None) -> Attempt:
    """An engine that answered within 1.3 seconds."""
    return Attempt(engine, 10.1, 11.4, 11.39, status, error)
