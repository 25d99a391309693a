"""How limits stand, in OpenAI's headers."""

from collections.abc import Iterator, Mapping

from reference_server.errors import RateLimited
from reference_server.limits.quota import Meter, Verdict

A_MOMENT = 1.0
"""Seconds after which to ask again for a place: nobody knows when one is given back."""


def headers(verdict: Verdict) -> Mapping[str, str]:
    """Return `x-ratelimit-*` for the limits that there are."""
    quota = verdict.quota
    return dict(
        [*of_limit("requests", quota.requests, verdict.requests), *of_limit("tokens", quota.tokens, verdict.tokens)]
    )


def of_limit(name: str, limit: int | None, meter: Meter) -> Iterator[tuple[str, str]]:
    """Give the three headers of a limit; tokens spent beyond what was reserved leave nothing, and not less."""
    if limit is not None:
        yield f"x-ratelimit-limit-{name}", str(limit)
        yield f"x-ratelimit-remaining-{name}", str(max(limit - meter.used, 0))
        yield f"x-ratelimit-reset-{name}", duration(meter.reset)


def duration(seconds: float) -> str:
    """Spell a duration as Go does, down to milliseconds: `0s`, `12ms`, `1.5s`, `1m2s`, `8h38m24s`."""
    milliseconds = round(1000 * seconds)
    if 0 < milliseconds < 1000:
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{f'{hours}h' if hours else ''}{f'{minutes}m' if hours or minutes else ''}{rest / 1000:g}s"


def refusal(verdict: Verdict, tokens: int) -> RateLimited:
    """Return the answer to a request of so many tokens that a verdict refuses."""
    quota, found = verdict.quota, headers(verdict)
    if verdict.lacking == "tokens":
        return RateLimited("tokens", verdict.tokens.used, quota.tokens or 0, tokens, verdict.tokens.wait, found)
    if verdict.lacking == "requests":
        return RateLimited("requests", verdict.requests.used, quota.requests or 0, 1, verdict.requests.wait, found)
    return RateLimited("concurrency", verdict.running, quota.concurrency or 0, 1, A_MOMENT, found)
