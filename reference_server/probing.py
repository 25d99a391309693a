"""Asks other servers, now and then, whether they are there."""

import asyncio
from collections.abc import Iterable

from reference_server.engines.upstream import Call, Upstream
from reference_server.engines.upstream_errors import UpstreamFailure
from reference_server.routing.fleet import Fleet
from reference_server.settings import HealthCheck

PROBE = Call("GET", "/models", "", {}, b"")
"""What costs no tokens."""


async def probe(upstreams: Iterable[Upstream], fleet: Fleet, check: HealthCheck) -> None:
    """Probe each upstream, all at once and for good."""
    async with asyncio.TaskGroup() as group:
        for upstream in upstreams:
            group.create_task(probe_one(upstream, fleet, check))


async def probe_one(upstream: Upstream, fleet: Fleet, check: HealthCheck) -> None:
    """Probe one upstream for good."""
    while True:
        fleet.probed(upstream.name, good=await is_there(upstream, check.timeout))
        await asyncio.sleep(check.every)


async def is_there(upstream: Upstream, patience: float) -> bool:
    """Tell whether an upstream answers in time; what it says matters only if it is a failure of its own."""
    try:
        async with asyncio.timeout(patience), upstream.asked(PROBE) as answer:
            return answer.status < 500
    except (UpstreamFailure, TimeoutError):
        return False
