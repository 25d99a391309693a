"""The whole suite against a reference server in this process."""

import asyncio
import time
from collections.abc import Sequence

from pydantic import SecretStr

from cozecheck import scenarios
from cozecheck.checks import ALL, Check
from cozecheck.conformance import Course, run
from cozecheck.findings import Report
from cozecheck.probe import Endpoint, Limits, Probe
from reference_server.app import create_app
from reference_server.settings import Engine, Key, Settings
from tests.servers import running

KEY = "sk-test-0123456789abcdef"
MODEL = "gpt-4o-mini"
PACE = 0.001
"""Seconds between tokens, so that streams can be watched."""


def settings() -> Settings:
    """The bundled server's configuration, with a key of our own."""
    return Settings(engines=(Engine(name="base", token_delay=PACE),), keys=(Key(value=SecretStr(KEY)),))


def judge(
    flaw: str | None = None, *, checks: Sequence[Check] = ALL, timeout: float = 3.0, concurrency: int = 8
) -> Report:
    """Run all scenarios against the reference server, wrong on purpose by *flaw*."""
    with running(create_app(settings(), flaw=flaw)) as base_url:
        return asyncio.run(judge_at(Endpoint(base_url, KEY), checks, Limits.within(timeout), concurrency))


async def judge_at(endpoint: Endpoint, checks: Sequence[Check], limits: Limits, concurrency: int = 8) -> Report:
    """Run all scenarios against *endpoint*."""
    async with Probe(endpoint, limits) as probe:
        return await run(probe, scenarios.ALL, checks, MODEL, 0, Course(time.time, concurrency))
