"""The whole suite against the command `coze-server`, over every protocol it speaks."""

import asyncio
import json
from pathlib import Path

import pytest

from cozecheck.exchange import Exchange
from cozecheck.findings import Outcome
from cozecheck.probe import Endpoint
from cozecheck.scenarios.sending import Send
from tests import suite
from tests.certificates import certificate
from tests.probe.asking import send_all
from tests.reference import KEY, PACE
from tests.reference_server.test_cli import started


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
def test_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, scheme: str) -> None:
    settings: dict[str, object] = {"engines": [{"name": "base", "token_delay": PACE}]}
    if scheme == "https":
        file, key = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        settings["tls"] = {"certificate": str(file), "key": str(key)}
    config = tmp_path / "a.yaml"
    config.write_text(json.dumps(settings))
    command = ["--config", str(config), "--workers", "1", "--api-key-env", "THE_KEY"]
    with started(*command, THE_KEY=KEY) as (_, base):
        endpoint = Endpoint(base, KEY, http2=version == "HTTP/2")
        assert base.startswith(f"{scheme}://")
        assert spoken(endpoint) == version
        report = asyncio.run(suite.judge_at(endpoint))
    assert report.exit_code == 0
    assert [finding for finding in report.findings if finding.outcome in (Outcome.FAIL, Outcome.ERROR)] == []


def spoken(endpoint: Endpoint) -> str:
    exchange: Exchange
    (exchange,) = asyncio.run(send_all(endpoint, [Send("models", "GET", "/models")]))
    assert exchange.response is not None
    return exchange.response.http_version
