"""Asks other servers, now and then, whether they are there."""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from reference_server.routing.fleet import Fleet
from reference_server.settings import HealthCheck


class Elsewhere(Protocol):
    """An engine that may be away."""

    name: str

    async def is_there(self) -> bool:
        """Tell whether it answers, at no cost."""
        ...


async def probe(engines: Iterable[Elsewhere], fleet: Fleet, check: HealthCheck) -> None:
    """Probe each engine, all at once and for good."""
    async with asyncio.TaskGroup() as group:
        for engine in engines:
            group.create_task(probe_one(engine, fleet, check))


async def probe_one(engine: Elsewhere, fleet: Fleet, check: HealthCheck) -> None:
    """Probe one engine for good."""
    while True:
        fleet.probed(engine.name, good=await answers(engine, check.timeout))
        await asyncio.sleep(check.every)


async def answers(engine: Elsewhere, patience: float) -> bool:
    """Tell whether an engine answers in time."""
    try:
        async with asyncio.timeout(patience):
            return await engine.is_there()
    except TimeoutError:
        return False
