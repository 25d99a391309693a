"""A server whose engine is another server: the same answers, under the client's names."""

import asyncio
import random

import pytest
from pydantic import SecretStr

from cozecheck.findings import Outcome
from cozecheck.probe import Endpoint
from reference_server.app import create_app
from reference_server.settings import Key, OpenAIEngine, Settings
from tests import suite
from tests.servers import running


def test_the_whole_suite_passes_through_an_upstream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPSTREAM_KEY", suite.KEY)
    with running(create_app(suite.settings())) as upstream:
        engine = OpenAIEngine(name="base", type="openai", base_url=upstream, api_key_env="UPSTREAM_KEY")
        settings = Settings(engines=(engine,), keys=(Key(value=SecretStr("sk-clients-own")),))
        with running(create_app(settings)) as base_url:
            report = asyncio.run(suite.judge_at(Endpoint(base_url, "sk-clients-own"), order=random.Random(1)))
    assert [each for each in report.findings if each.outcome is Outcome.FAIL] == []
    assert (report.exit_code, report.notes) == (0, ())
