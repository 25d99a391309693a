"""From when bytes came to the field's metrics."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from generator.measures import Tally
from generator.reply import Reply
from generator.told import Told


def durations(reply: Reply, told: Told, due: float | None) -> dict[str, float]:
    """Return a request's metrics that are one number, in seconds; those of tokens only where there were any."""
    sent = reply.sent_at
    found = {"first_byte": reply.first_byte_at - sent, "e2e": reply.last_at - sent}
    if due is not None:
        found["e2e_intended"] = reply.last_at - due
        found["send_lag"] = sent - due
    if told.token_at:
        found["ttft"] = told.token_at[0] - sent
        if told.output_at:
            found["ttfo"] = told.output_at - sent
        if told.output_tokens > 1:
            found["tpot"] = (reply.last_at - told.token_at[0]) / (told.output_tokens - 1)
    return found


def record_gaps(tally: Tally, told: Told) -> None:
    """Count the time between events, and between tokens: the usage says how many an event holds."""
    at = told.token_at
    if len(at) < 2:
        return
    gaps = [later - earlier for earlier, later in pairwise(at)]
    tally.duration("icl").record_all(gaps)
    share = told.output_tokens / len(at)
    if share == 1:
        tally.duration("itl").record_all(gaps)
    else:
        tally.duration("itl").record_all((gap / share for gap in gaps), max(1, round(share)))


def coalesced(reads: Sequence[tuple[float, int]], told: Told) -> int:
    """Return how many tokens share the time of the one before: they came in one read."""
    return len(told.token_at) - len(set(told.token_at)) if len(reads) < len(told.token_at) else 0


def is_good(found: Mapping[str, float], bounds: Mapping[str, float]) -> bool:
    """Whether a request kept to every bound; a metric that it does not have is kept."""
    return all(found.get(metric, 0.0) <= most for metric, most in bounds.items())
