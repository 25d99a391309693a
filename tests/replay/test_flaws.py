"""The bundled server beside itself: nothing breaks; with a flaw it breaks, and the rule is named."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from cozecheck import bundled
from cozecheck.cli import run
from cozecheck.exchange import Exchange
from cozecheck.probe import Endpoint, Probe
from cozecheck.scenarios import Send
from cozecheck.scenarios.sending import user
from tests.replay.cassettes import write

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
STRICT = {**CITY, "additionalProperties": False}
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": STRICT, "strict": True}}
MODEL = "gpt-4o-mini"


def ask(text: str, **more: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [user(text)], **more}


SENDS = (
    Send("plain", json=ask("Say hello.", max_tokens=200)),
    Send("cut", json=ask("Tell me a long story.", max_tokens=3)),
    Send("stream", json=ask("Say hello.", stream=True, stream_options={"include_usage": True})),
    Send("tool", json=ask("Weather in Oslo?", tools=[TOOL], tool_choice="required")),
    Send("tool stream", json=ask("Weather in Oslo?", tools=[TOOL], tool_choice="required", stream=True)),
    Send("unknown", json=ask("Hi.") | {"model": "no-such-model"}),
    Send("invalid", json=ask("Hi.", temperature=9)),
    Send("embedding", path="/embeddings", json={"model": "text-embedding-3-small", "input": "Hello."}),
    Send("response", path="/responses", json={"model": MODEL, "input": "Say hello.", "store": True}),
    Send("models", "GET", "/models"),
    Send("wrong key", json=ask("Hi."), key="wrong"),
)


@pytest.fixture(scope="module")
def cassette(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the bundled server answers, recorded."""

    async def record() -> list[Exchange]:
        async with Probe(Endpoint(server.base_url, server.api_key)) as probe:
            return [await probe.send(send) for send in SENDS]

    path = tmp_path_factory.mktemp("cassettes") / "own.jsonl"
    with bundled.running() as server:
        write(path, *asyncio.run(record()))
    return path


def replayed(cassette: Path, folder: Path, *arguments: str) -> tuple[int, set[str]]:
    report = folder / "r.json"
    command = ["replay", str(cassette), "--select", "diff", "--journal", str(folder / "j"), f"--report=json={report}"]
    code = run([*command, "--quiet", *arguments])
    findings = json.loads(report.read_text("utf-8"))["findings"]
    return code, {each["id"] for each in findings if each["outcome"] == "fail"}


def test_beside_itself_nothing_breaks(cassette: Path, tmp_path: Path) -> None:
    assert replayed(cassette, tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("flaw", "rule"),
    [
        ("chat-finish-stop-when-cut", "diff.finish.reason"),
        ("stream-ignored", "diff.answer.form"),
        ("stream-no-done", "diff.events.terminator"),
        ("usage-missing", "diff.usage.missing"),
        ("unknown-model-400", "diff.status.code"),
        ("bounds-temperature-ignored", "diff.status.outcome"),
        ("error-code-int", "diff.error.code"),
    ],
)
def test_a_flaw_breaks_and_its_rule_is_named(flaw: str, rule: str, cassette: Path, tmp_path: Path) -> None:
    code, broken = replayed(cassette, tmp_path, "--flaw", flaw)
    assert code == 1
    assert rule in broken
