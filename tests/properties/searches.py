"""Searches of a reference server in this process, without a socket."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path

from pydantic import SecretStr
from starlette.types import ASGIApp

from cozecheck import scenarios
from cozecheck.checks import ALL
from cozecheck.checks.registry import select
from cozecheck.conformance import Course, Plan, run
from cozecheck.findings import Report
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.properties import Search
from cozecheck.scenarios import Scenario
from cozecheck.spending import Budget
from reference_server.app import create_app
from reference_server.flaws import apply
from reference_server.settings import Key, Settings, SyntheticEngine
from tests.reference import KEY
from tests.suite import MODEL

AT_ONCE = Settings(engines=(SyntheticEngine(name="base", token_delay=0),), keys=(Key(value=SecretStr(KEY)),))
DEFAULT = 1000
PATIENCE = 30.0
"""Seconds: on a busy machine much comes late, and hangs for all that not."""


def server(*flaws: str) -> ASGIApp:
    """Return a reference server, wrong on purpose by *flaws*."""
    app: ASGIApp = create_app(AT_ONCE)
    return reduce(apply, flaws, app)


def searched(
    app: ASGIApp,
    examples: int = DEFAULT,
    *,
    chosen: Sequence[str] = ("properties",),
    seed: int = 0,
    folder: Path | None = None,
    seconds: float | None = None,
    budget: Budget | None = None,
    planned: Callable[[Plan], None] = lambda _: None,
    progress: Callable[[str], None] = lambda _: None,
    patience: float = PATIENCE,
    played: Sequence[Scenario] = scenarios.ALL,
) -> Report:
    """Send requests at random to an app, and judge it by the *chosen* checks."""
    course = Course(
        time.time,
        budget=budget or Budget(),
        search=Search(examples, seconds, folder),
        planned=planned,
        progress=progress,
    )

    async def judge() -> Report:
        async with Probe(Endpoint("http://in.process/v1", KEY), Limits.within(patience), app=app) as probe:
            return await run(probe, played, select(ALL, chosen), MODEL, seed, course)

    return asyncio.run(judge())
