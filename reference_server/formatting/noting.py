"""What an answer in JSON says of its cost and its end, put on record."""

from collections.abc import Callable
from typing import Any

from reference_server.errors import Refusal
from reference_server.observed import Observed

Json = dict[str, Any]


class Noting:
    """Takes note of another server's answer; what it says is not trusted to be of any type."""

    def __init__(self, observed: Observed, ticks: Callable[[], float]) -> None:
        """`ticks` is in seconds."""
        self._observed = observed
        self._ticks = ticks

    def value(self, value: Json) -> None:
        """Take an answer, or what an event carries: tokens and the reason of the end."""
        holder = value.get("response")
        holder = holder if isinstance(holder, dict) else value
        usage = holder.get("usage")
        if isinstance(usage, dict):
            spent_in, spent_out = usage.get("prompt_tokens", usage.get("input_tokens")), usage.get("completion_tokens")
            self._observed.tokens_in = count(spent_in)
            self._observed.tokens_out = count(usage.get("output_tokens") if spent_out is None else spent_out)
        choices = holder.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        finish = first.get("finish_reason") if isinstance(first, dict) else None
        self._observed.finish = finish if isinstance(finish, str) else self._observed.finish

    def event(self, value: Json) -> None:
        """Take an event of a stream."""
        observed = self._observed
        observed.last_token = self._ticks()
        if observed.first_token is None:
            observed.first_token = observed.last_token
        observed.pieces += 1
        self.value(value)

    def failure(self, error: Refusal) -> None:
        """Take what broke a stream off."""
        self._observed.error = error.code or str(error.status)


def count(value: Any) -> int | None:
    """Return a count of tokens; None for what is none."""
    return value if type(value) is int and value >= 0 else None
