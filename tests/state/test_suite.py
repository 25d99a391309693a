"""The whole suite against two workers that keep everything in one database."""

import asyncio
import json
from pathlib import Path

import pytest

from cozecheck.findings import Outcome
from cozecheck.probe import Endpoint
from tests import suite
from tests.reference import KEY, PACE
from tests.reference_server.test_cli import started
from tests.state import stores


@pytest.mark.parametrize("kind", stores.DATABASES)
def test_nothing_fails(kind: str, tmp_path: Path) -> None:
    with stores.address(kind, tmp_path) as url:
        config = tmp_path / "a.yaml"
        config.write_text(json.dumps({"engines": [{"name": "base", "token_delay": PACE}], "state": {"url": url}}))
        command = ["--config", str(config), "--workers", "2", "--api-key-env", "THE_KEY"]
        with started(*command, THE_KEY=KEY) as (_, base):
            report = asyncio.run(suite.judge_at(Endpoint(base, KEY)))
    assert report.exit_code == 0
    assert [finding for finding in report.findings if finding.outcome in (Outcome.FAIL, Outcome.ERROR)] == []
