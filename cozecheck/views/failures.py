"""Exchanges read as refusals and failures of the API."""

from dataclasses import dataclass
from typing import Any

from cozecheck.contract.operations import api_path
from cozecheck.exchange import ABSENT, Exchange, Response, read_once
from cozecheck.views.wire import answer


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 4xx or 5xx answer of the API; *error* is what stands under `error`, ABSENT where nothing does."""

    exchange: Exchange
    response: Response
    error: Any

    @property
    def may_be_a_proxy(self) -> bool:
        """Whether a proxy may have spoken in the server's place."""
        return self.response.status in PROXY_STATUSES


PROXY_STATUSES = frozenset((403, 413, 502, 503, 504, *range(520, 531)))
"""Statuses that proxies answer by themselves, in words of their own: Cloudflare's, before api.openai.com, too."""


@read_once
def refusal(exchange: Exchange) -> Refusal | None:
    """Read a 4xx or 5xx answer of the API."""
    whole = answer(exchange)
    if whole is None or whole.response.status < 400 or exchange.request.method in ("HEAD", "OPTIONS"):
        return None
    if api_path(exchange.request.path) is None:
        return None
    return Refusal(exchange, whole.response, error_in(whole.response.json))


def worded_refusal(exchange: Exchange) -> Refusal | None:
    """Read a 4xx or 5xx answer of the API that has a body."""
    refused = refusal(exchange)
    return refused if refused and refused.response.content.strip() else None


def envelope(exchange: Exchange) -> Refusal | None:
    """Read an error envelope."""
    refused = refusal(exchange)
    return refused if refused and isinstance(refused.error, dict) else None


def error_in(body: Any) -> Any:
    """Return what stands under `error` in a body, ABSENT where nothing does."""
    if isinstance(body, dict) and body.get("error") is not None:
        return body["error"]
    return ABSENT
