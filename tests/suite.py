"""The whole suite against a reference server in this process."""

import asyncio
import random
import time
from functools import reduce

from starlette.types import ASGIApp

from cozecheck import scenarios
from cozecheck.checks import ALL
from cozecheck.conformance import Course, run
from cozecheck.findings import Report
from cozecheck.probe import Endpoint, Limits, Probe
from reference_server.app import create_app
from reference_server.flaws import apply
from tests.reference import KEY, settings
from tests.servers import running

MODEL = "gpt-4o-mini"
PATIENCE = 20.0
"""Seconds that a server may be silent: longer than the reference server needs for any answer, on a busy machine."""


def judge(*flaws: str, order: random.Random | None = None, concurrency: int = 8) -> Report:
    """Run all scenarios against the reference server, wrong on purpose by *flaws*, shuffled by *order*."""
    server: ASGIApp = create_app(settings())
    app = reduce(apply, flaws, server)
    with running(app) as base_url:
        return asyncio.run(judge_at(Endpoint(base_url, KEY), order=order, concurrency=concurrency))


async def judge_at(endpoint: Endpoint, *, order: random.Random | None = None, concurrency: int = 8) -> Report:
    """Run all scenarios against *endpoint*."""
    chosen = list(scenarios.ALL)
    if order:
        order.shuffle(chosen)
    async with Probe(endpoint, Limits.within(PATIENCE)) as probe:
        return await run(probe, chosen, ALL, MODEL, 0, Course(time.time, concurrency))
