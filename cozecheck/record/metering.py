"""How much has been asked for, and where to stop."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cozecheck.exchange import Exchange

BYTES_PER_TOKEN: Final = 4
"""Guessed, where a server does not say what it counted."""
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be asked for; prices are per million tokens, in the money of *cost*."""

    requests: int | None = None
    tokens: int | None = None
    cost: float | None = None
    price_in: float = 0.0
    price_out: float = 0.0


class Meter:
    """Counts requests before they go out, and tokens when their answers are in."""

    def __init__(self, cap: Cap) -> None:
        self._cap = cap
        self.requests = 0
        self.tokens_in = 0
        self.tokens_out = 0

    def refuse(self) -> str:
        """Say why there shall be no more requests; or count one, and say nothing."""
        cap = self._cap
        if cap.requests is not None and self.requests >= cap.requests:
            return f"the cap of {cap.requests:,} requests is reached (--max-requests)"
        if cap.tokens is not None and self.tokens_in + self.tokens_out >= cap.tokens:
            return f"the cap of {cap.tokens:,} tokens is reached (--max-tokens)"
        if cap.cost is not None and self.cost >= cap.cost:
            return f"the cap of {cap.cost:g} is reached, at the prices given (--max-cost)"
        self.requests += 1
        return ""

    def count(self, exchange: Exchange) -> None:
        """Count the tokens of an exchange: what the server says; else a guess, where it was asked to generate."""
        asked, given = tokens(exchange)
        self.tokens_in += asked
        self.tokens_out += given

    @property
    def cost(self) -> float:
        """What it has cost so far."""
        return (self.tokens_in * self._cap.price_in + self.tokens_out * self._cap.price_out) / _MILLION


def tokens(exchange: Exchange) -> tuple[int, int]:
    """Return the tokens of request and answer."""
    response = exchange.response
    usage = next(_usages(exchange), None)
    if usage is not None:
        return _first(usage, "prompt_tokens", "input_tokens"), _first(usage, "completion_tokens", "output_tokens")
    if "model" not in exchange.request.json or (response is not None and not response.ok):
        return 0, 0
    given = 0 if response is None else len(response.stream.events) if response.is_stream else len(response.content)
    return len(exchange.request.body) // BYTES_PER_TOKEN, _guess(given, is_stream=bool(response and response.is_stream))


def _guess(size: int, *, is_stream: bool) -> int:
    """An event of a stream is a token or so."""
    return size if is_stream else size // BYTES_PER_TOKEN


def _usages(exchange: Exchange) -> Iterator[Mapping[str, Any]]:
    """Yield what says how much was used, the last word first."""
    response = exchange.response
    if response is None:
        return
    values = [each.value for each in reversed(response.payloads)] if response.is_stream else [response.json]
    for value in values:
        for part in (value, value.get("response") if isinstance(value, dict) else None):
            if isinstance(part, dict) and isinstance(part.get("usage"), dict):
                yield part["usage"]


def _first(usage: Mapping[str, Any], *names: str) -> int:
    found = (usage.get(name) for name in names)
    return next((each for each in found if isinstance(each, int) and not isinstance(each, bool) and each > 0), 0)
