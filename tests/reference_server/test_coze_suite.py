"""The whole suite against a server in front of Coze: nothing fails, and what Coze can't do is unsupported."""

import asyncio
import random
import time

import pytest

from cozecheck import scenarios
from cozecheck.checks import ALL
from cozecheck.conformance import Course, run
from cozecheck.findings import Outcome, Report
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.properties import Search
from tests import suite
from tests.reference_server.coze_asking import bots
from tests.reference_server.coze_rules import Dialect

KEY = "sk-clients-own"
AT_RANDOM = 300
UNSUPPORTED = (
    "request.n",
    "tools.accepted",
    "structured.schema-accepted",
    "logprobs.accepted",
    "embeddings.answered",
    "moderations.answered",
    "images.generate",
    "audio.speech",
)


def judged(dialect: Dialect) -> Report:
    with bots(dialect, KEY) as base_url:
        return asyncio.run(judge(Endpoint(base_url, KEY)))


async def judge(endpoint: Endpoint) -> Report:
    chosen = list(scenarios.ALL)
    random.Random(1).shuffle(chosen)
    course = Course(time.time, search=Search(AT_RANDOM))
    async with Probe(endpoint, Limits.within(suite.PATIENCE)) as probe:
        return await run(probe, chosen, ALL, suite.MODEL, 0, course)


@pytest.mark.parametrize("dialect", ["cloud", "studio"])
def test_nothing_fails(dialect: Dialect) -> None:
    report = judged(dialect)
    assert [each for each in report.findings if each.outcome in (Outcome.FAIL, Outcome.WARN, Outcome.ERROR)] == []
    assert report.exit_code == 0
    outcomes = {check.id: check.outcome for check in report.checks}
    lacking = {*UNSUPPORTED, *(["vision.audio-accepted"] if dialect == "studio" else [])}
    assert {outcomes[each] for each in lacking} == {Outcome.UNSUPPORTED}
    assert outcomes["sse.incremental"] is Outcome.PASS
    assert sum(outcome is Outcome.PASS for outcome in outcomes.values()) > 300
