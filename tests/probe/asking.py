"""Builders: what the tests of the probe send, and to whom."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cozecheck.exchange import Exchange, Failure
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.scenarios.sending import Send
from tests.probe.hostile import Behaviour, serving

LIMITS: Final = Limits(body=300_000, events=50)
HASTY: Final = replace(LIMITS, connect=0.3, first_byte=0.3, idle=0.3, total=0.6)
QUESTION: Final = Send("question", json={"model": "m"})
PATIENCE: Final = 20.0
"""Seconds after which a test has hung."""


async def send_all(endpoint: Endpoint, sends: Sequence[Send], limits: Limits = LIMITS) -> list[Exchange]:
    """Send one after the other through one probe."""
    async with asyncio.timeout(PATIENCE), Probe(endpoint, limits) as probe:
        return [await probe.send(send, exchange_id=str(number), scenario="test") for number, send in enumerate(sends)]


def ask_all(behaviour: Behaviour, *sends: Send, limits: Limits = LIMITS) -> list[Exchange]:
    """Send to a server with *behaviour*."""

    async def run() -> list[Exchange]:
        async with serving(behaviour) as base_url:
            return await send_all(Endpoint(base_url), sends, limits)

    return asyncio.run(run())


def ask(behaviour: Behaviour, send: Send = QUESTION, *, limits: Limits = LIMITS) -> Exchange:
    """Send once to a server with *behaviour*."""
    return ask_all(behaviour, send, limits=limits)[0]


def ask_at(endpoint: Endpoint, send: Send = QUESTION, *, limits: Limits = LIMITS) -> Exchange:
    """Send once to *endpoint*."""
    return asyncio.run(send_all(endpoint, [send], limits))[0]


def failure_of(exchange: Exchange) -> Failure:
    """Return what broke, which something must have."""
    assert exchange.failure is not None
    assert "\n" not in exchange.failure.detail
    return exchange.failure
