"""How much is left of the rate limit."""

from desk.clients import Backend
from desk.settings import FAST


def remaining() -> int:
    raw = Backend().patient.chat.completions.with_raw_response.create(
        model=FAST, messages=[{"role": "user", "content": "."}], max_tokens=1
    )
    return int(raw.headers.get("x-ratelimit-remaining-requests", 0))


def warm(any_client) -> None:
    any_client.chat.completions.create(model=FAST, messages=[{"role": "user", "content": "."}])
