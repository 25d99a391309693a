"""Forgets, now and then, what was kept for long enough."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from reference_server.errors import StateAway
from reference_server.state import Store

KINDS = ("response", "completion")
"""What OpenAI keeps for 30 days; all else stays until it is deleted, or until its own time."""
EVERY = 3600.0
DAY = 86_400


async def forget(store: Store, clock: Callable[[], float], days: int) -> None:
    """Forget what is older than so many days, for good."""
    while True:
        with suppress(StateAway):
            for kind in KINDS:
                await store.forget(kind, clock() - days * DAY)
        await asyncio.sleep(EVERY)
