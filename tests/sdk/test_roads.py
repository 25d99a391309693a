"""The official client's word on the way into a report."""

import json
from pathlib import Path

from cozecheck.checks import ALL
from cozecheck.findings import Finding
from cozecheck.judge import judge
from tests.sdk.captured import completion


def findings(folder: Path, body: str, *, ask_sdk: bool = True, **asked: object) -> list[Finding]:
    """Judge one recorded answer to a chat request."""
    request = {
        "method": "POST",
        "url": "http://server/v1/chat/completions",
        "headers": {"content-type": ["application/json"]},
        "body": json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hi"}], **asked}),
    }
    response = {"status": 200, "headers": {"content-type": ["application/json"]}, "body": body}
    file = folder / "one.jsonl"
    file.write_text(json.dumps({"request": request, "response": response}), "utf-8")
    return list(judge([file], ALL, strict=False, ask_sdk=ask_sdk, clock=lambda: 0.0).findings)


def test_a_finding_says_that_the_client_raises(tmp_path: Path) -> None:
    told = {each.id: each.sdk for each in findings(tmp_path, json.dumps(completion()), stream=True)}
    assert told["transport.stream-as-asked"] == "raises AssertionError in chat.completions.stream()"


def test_a_finding_says_that_the_client_survives(tmp_path: Path) -> None:
    told = {each.id: each.sdk for each in findings(tmp_path, json.dumps(completion(object="text_completion")))}
    assert told["chat.object"] == "survives"


def test_what_only_the_client_minds_is_a_finding_of_its_own(tmp_path: Path) -> None:
    assert "chat.sdk-reads" in {each.id for each in findings(tmp_path, "null")}


def test_the_client_need_not_be_asked(tmp_path: Path) -> None:
    assert {each.sdk for each in findings(tmp_path, json.dumps(completion(object="x")), ask_sdk=False)} == {""}
