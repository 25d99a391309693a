"""Refusals in Anthropic's error envelope."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from reference_server.errors import Refusal
from reference_server.formatting.json_text import to_bytes
from reference_server.translators.anthropic.parameters import VERSIONS

KINDS: Mapping[int, str] = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
OVERLOADED = frozenset({"engine_overloaded", "engine_unavailable"})


def told(scope: Scope, refusal: Refusal) -> ASGIApp:
    """Return a refusal as a response."""
    body = to_bytes(envelope(refusal, scope["request_id"]))
    # The challenge is OpenAI's: here a key has its own header.
    headers = {name: value for name, value in refusal.headers.items() if name != "www-authenticate"}
    return Response(body, status(refusal), {**headers, "request-id": scope["request_id"]}, "application/json")


def envelope(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """Return the body of a refusal."""
    kind = KINDS.get(status(refusal), "api_error" if refusal.status >= 500 else "invalid_request_error")
    return {"type": "error", "error": {"type": kind, "message": refusal.message}, "request_id": request_id}


def status(refusal: Refusal) -> int:
    """Return the HTTP status; an overload has one of its own."""
    return 529 if refusal.code in OVERLOADED else refusal.status


def secret(scope: Scope) -> str:
    """Return the API key that a request brings, as `x-api-key` or as a bearer's token; refuse one without."""
    headers = Headers(scope=scope)
    scheme, _, token = headers.get("authorization", "").partition(" ")
    found = headers.get("x-api-key", "").strip() or (token.strip() if scheme.lower() == "bearer" else "")
    if not found:
        raise Refusal(401, "x-api-key header is required")
    return found


def version_of(headers: Headers) -> str:
    """Return the version of the API that a request speaks; refuse one without, and one that is not known."""
    version = headers.get("anthropic-version")
    if version is None:
        raise Refusal(400, "anthropic-version: header is required")
    if version not in VERSIONS:
        known = " and ".join(VERSIONS)
        raise Refusal(400, f'anthropic-version: "{version}" is not a valid version; this server speaks {known}')
    return version
