"""Scenarios: files."""

import json
from typing import Any

from cozecheck.scenarios.forms import form
from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario, told

NO_SUCH_FILE = "file-no-such-file-4711"


def batch_file(*lines: dict[str, Any]) -> tuple[str, str, bytes]:
    """Make the input file of a batch, one request a line."""
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return "requests.jsonl", "application/jsonl", content.encode()


def line(custom_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make a request of a batch for a chat completion."""
    return {"custom_id": custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}


@scenario("files.life", "files.*", "errors.*", "transport.*")
def life(subject: Subject) -> Steps:
    """Two files: uploaded, listed, looked up, read and deleted."""
    requests = batch_file(line("größe-1", subject.ask("Say hello.", 8)))
    first = yield form("upload", "/files", {"purpose": "batch"}, file=requests)
    if refuses(first):
        return
    notes = ("notes.txt", "text/plain", b"A note for later.\r\n")
    second = yield form("upload another", "/files", {"purpose": "user_data"}, file=notes)
    file, other = told(first, "id", "file-one"), told(second, "id", "file-two")
    yield Send("retrieve", "GET", f"/files/{file}")
    yield Send("content", "GET", f"/files/{file}/content")
    page = yield Send("page", "GET", "/files?limit=1")
    yield Send("next page", "GET", f"/files?limit=20&after={told(page, 'last_id', other)}")
    yield Send("of one purpose", "GET", "/files?purpose=batch&limit=20")
    yield Send("unknown", "GET", f"/files/{NO_SUCH_FILE}", wrong="nobody has it")
    yield Send("delete", "DELETE", f"/files/{file}")
    yield Send("after deletion", "GET", f"/files/{file}", wrong="it is deleted")
    yield Send("delete another", "DELETE", f"/files/{other}")


@scenario("files.wrong", "files.required", "errors.*")
def wrong(_subject: Subject) -> Steps:
    """Uploads without what is required."""
    notes = ("notes.txt", "text/plain", b"A note for later.\r\n")
    first = yield form("no purpose", "/files", {}, file=notes, wrong="purpose is missing")
    if first.response and first.response.status in (404, 405, 501):
        return
    yield form("no file", "/files", {"purpose": "user_data"}, wrong="file is missing")
    yield form("an odd purpose", "/files", {"purpose": "no-such-purpose"}, file=notes, wrong="the purpose is none")
