"""What recorded traffic says of an application."""

import json
from pathlib import Path

from cozecheck.scan import scan
from tests.scan.sources import told

BODY = {
    "model": "m",
    "stream": True,
    "tools": [{"type": "function", "function": {"name": "f"}}],
    "response_format": {"type": "json_object"},
    "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
}


def test_requests_tell_what_is_used(tmp_path: Path) -> None:
    request = {"method": "POST", "url": "https://x/v1/chat/completions", "headers": {}, "body": json.dumps(BODY)}
    line = {"request": {**request, "body_kind": "text"}, "response": {"status": 200, "headers": {}, "body": ""}}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(line) + "\n")

    uses = scan([path])

    assert told(uses) == {
        "operation chat.completions.create",
        "model m",
        "stream stream",
        "tool f",
        "parameter tools",
        "format json_object",
        "parameter image_url",
    }
    assert {(each.file, each.line) for each in uses.found} == {(path.as_posix(), 0)}
