"""The whole suite against a server in front of a real, small model: protocol is asserted, never text."""

import asyncio
import random
import time

import pytest
from pydantic import SecretStr

from cozecheck import scenarios
from cozecheck.checks import ALL
from cozecheck.conformance import Course, run
from cozecheck.findings import Outcome, Report
from cozecheck.probe import Endpoint, Limits, Probe
from reference_server.settings import Key
from reference_server.settings.routes import ROUTES
from tests import suite
from tests.reference_server.llama_asking import models

KEY = "sk-clients-own"
PATIENCE = 120.0
"""Seconds: one core generates some 60 tokens in each, and may be shared."""
UNSUPPORTED = (
    "vision.image-accepted",
    "embeddings.dimensions",
    "moderations.answered",
    "images.generate",
    "audio.speech",
)
SERVED = (
    "sse.incremental",
    "tools.choice-honoured",
    "structured.schema-valid",
    "logprobs.present",
    "embeddings.batch-equal",
)
OF_THE_MODEL = {"responses.instructions-counted"}
"""Where nobody gives instructions, its template puts in longer ones of its own."""


def judged() -> Report:
    settings = {"keys": (Key(value=SecretStr(KEY)),), "routes": ROUTES}
    with models(settings=settings, context_length=512) as base_url:
        return asyncio.run(judge(Endpoint(base_url, KEY)))


async def judge(endpoint: Endpoint) -> Report:
    chosen = list(scenarios.ALL)
    random.Random(1).shuffle(chosen)
    async with Probe(endpoint, Limits.within(PATIENCE)) as probe:
        return await run(probe, chosen, ALL, suite.MODEL, 0, Course(time.time, concurrency=4))


@pytest.mark.timeout(900)
def test_nothing_fails() -> None:
    report = judged()
    wrong = [each for each in report.findings if each.outcome in (Outcome.FAIL, Outcome.WARN, Outcome.ERROR)]
    assert [each for each in wrong if each.id not in OF_THE_MODEL] == []
    assert report.exit_code == 0
    outcomes = {check.id: check.outcome for check in report.checks}
    assert {outcomes[each] for each in UNSUPPORTED} == {Outcome.UNSUPPORTED}
    assert {outcomes[each] for each in SERVED} == {Outcome.PASS}
    assert sum(outcome is Outcome.PASS for outcome in outcomes.values()) > 350
