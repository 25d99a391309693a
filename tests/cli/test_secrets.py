"""Keys are in no report, on no terminal and in no curl line; nor are recorded people's words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cozecheck.cli import run
from tests.cli.commands import target
from tests.probe.hostile import Reader, Writer, answer, asked
from tests.test_meeting import HELLO, MODELS

FORMATS = ("json", "junit", "markdown", "html", "text")
REPORTS = [f"--report={format}=out/{format}" for format in FORMATS]
PLANTED = "planted-0123"


def everything(capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[str, str]]:
    out, err = capsys.readouterr()
    yield from {"stdout": out, "stderr": err}.items()
    yield from ((path.name, path.read_text("utf-8")) for path in Path("out").iterdir())


def leaks(capsys: pytest.CaptureFixture[str]) -> list[str]:
    found = dict(everything(capsys))
    assert set(found) == {*FORMATS, "stdout", "stderr"}
    return [name for name, text in found.items() if PLANTED in text]


async def telltale(reader: Reader, writer: Writer) -> None:
    """Answer everything wrongly, with all that was sent in it."""
    while True:
        request = await asked(reader)
        lines = [line.decode() for line in request.partition(b"\r\n\r\n")[0].split(b"\r\n")]
        about: dict[str, Any] = dict(MODELS) if lines[0].startswith("GET") else dict(HELLO)
        told = {**about, "id": lines, "object": "; ".join(lines), "created": {"heard": lines}, "model": lines}
        heard = [line.encode() for line in lines[1:] if not line.lower().startswith(("content-", "transfer-"))]
        writer.write(answer(json.dumps(told).encode(), b"content-type: application/json", *heard))
        await writer.drain()


def test_our_own_keys_stay_ours(capsys: pytest.CaptureFixture[str]) -> None:
    keys = ["--api-key", PLANTED, "--header", f"X-Api-Key: {PLANTED}-too", "--header", f"X-Auth-Token: {PLANTED}/3"]
    with target(telltale) as base_url:
        assert run(["conformance", "--base-url", base_url, *keys, *REPORTS, "--timeout", "2"]) == 1
    assert leaks(capsys) == []
    assert "***" in Path("out/json").read_text("utf-8")


BODY = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "name": f"{PLANTED} Ann", "content": f"My own words, {PLANTED}."}],
    "user": f"{PLANTED}@example.org",
    "metadata": {"team": f"{PLANTED} team"},
    "stop": [f"{PLANTED} stop"],
    "api_key": f"{PLANTED} in the body",
}
SAID = [
    f"{PLANTED}-bearer",
    f"{PLANTED}-header",
    f"{PLANTED}-query",
    f"My own words, {PLANTED}.",
    f"{PLANTED}@example.org",
    f"{PLANTED} stop",
]


def recorded(status: int, answered: Any) -> str:
    request = {
        "method": "POST",
        "url": f"https://h/v1/chat/completions?api_key={PLANTED}-query",
        "headers": {
            "Authorization": [f"Bearer {PLANTED}-bearer"],
            "X-Api-Key": [f"{PLANTED}-header"],
            "Cookie": [f"sid={PLANTED}-jar"],
            "Content-Type": ["application/json"],
        },
        "body": json.dumps(BODY),
    }
    response = {"status": status, "headers": {"Content-Type": ["application/json"]}, "body": json.dumps(answered)}
    return json.dumps({"request": request, "response": response}) + "\n"


def test_what_was_recorded_stays_private(capsys: pytest.CaptureFixture[str]) -> None:
    error = {"message": f"wrong key {SAID[0]}: {'; '.join(SAID)}", "type": SAID, "param": SAID, "code": {"said": SAID}}
    choice = {"index": "; ".join(SAID), "message": {"role": SAID[3], "content": SAID}, "finish_reason": SAID[4]}
    answer = {"id": SAID, "object": "; ".join(SAID), "created": SAID, "model": SAID[0], "choices": [choice]}
    Path("r.jsonl").write_text(
        recorded(401, {"error": error}) + recorded(400, {"error": "; ".join(SAID)}) + recorded(200, answer)
    )
    assert run(["judge", "r.jsonl", *REPORTS]) == 1
    assert leaks(capsys) == []
    report = json.loads(Path("out/json").read_text("utf-8"))
    assert any("$OPENAI_API_KEY" in finding["curl"] for finding in report["findings"])
    assert len(report["findings"]) > 10
