"""The whole suite against a server in front of Coze: nothing fails, and what Coze can't do is unsupported."""

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
from cozecheck.properties import Search
from reference_server.app import create_app
from reference_server.settings import Key, Settings
from tests import suite
from tests.reference_server.coze_asking import engine, keyed
from tests.reference_server.coze_rules import Dialect
from tests.reference_server.fake_coze import FakeCoze
from tests.servers import running

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
    fake = FakeCoze(dialect)
    with running(fake.app) as there, keyed():
        settings = Settings(engines=(engine(there.removesuffix("/v1"), dialect),), keys=(Key(value=SecretStr(KEY)),))
        with running(create_app(settings)) as base_url:
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
