"""Refusals in OpenAI's error envelope."""

from typing import Any

from starlette.responses import Response

from reference_server.errors import Refusal
from reference_server.formatting.json_text import to_bytes


def envelope(refusal: Refusal) -> dict[str, Any]:
    """Return the body of a refusal: all four keys, null where there is nothing to say."""
    return {"error": {"message": refusal.message, "type": refusal.kind, "param": refusal.param, "code": refusal.code}}


def error_response(refusal: Refusal) -> Response:
    """Return the envelope as a response."""
    return Response(to_bytes(envelope(refusal)), refusal.status, refusal.headers, "application/json")
