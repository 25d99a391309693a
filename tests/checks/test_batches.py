"""Batches: an exchange that passes and one that fails, for every check."""

import json
from typing import Any

import pytest

from cozecheck.checks import ALL
from cozecheck.exchange import Exchange
from tests.checks.calls import BATCH, FILE, NOW, Json, call, failed, failed_run, upload, without

ASKED: Json = {
    "input_file_id": "file-1",
    "endpoint": "/v1/chat/completions",
    "completion_window": "24h",
    "metadata": {"a": "b"},
}
UNFOUNDED: Json = {**ASKED, "input_file_id": "file-no-such-file"}
PAGE: Json = {"object": "list", "data": [BATCH], "first_id": "batch_1", "last_id": "batch_1", "has_more": False}
ERROR: Json = {"error": {"message": "Wrong", "type": "invalid_request_error", "param": "temperature", "code": None}}
COMPLETION: Json = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": NOW,
    "model": "m",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hi.", "refusal": None}, "finish_reason": "stop"}
    ],
}


def shown(**changes: Any) -> Exchange:
    return call("GET", "/batches/batch_1", {**BATCH, **changes})


def made(answer: Any = BATCH, asked: Json = ASKED, *, status: int = 200) -> Exchange:
    return call("POST", "/batches", answer, asked, status=status)


PASSIVE = {
    "batches.create": (made(), made({"error": {"message": "Broken"}}, status=500)),
    "batches.shape": (shown(), call("GET", "/batches/batch_1", without(BATCH, "completion_window"))),
    "batches.echo": (made(), made({**BATCH, "metadata": None})),
    "batches.counts": (shown(), shown(request_counts={"total": 1, "completed": 1, "failed": 1})),
    "batches.times": (shown(), shown(completed_at=None)),
    "batches.output-id": (shown(), shown(output_file_id=None)),
    "batches.list-shape": (call("GET", "/batches", PAGE), call("GET", "/batches", [BATCH])),
    "batches.list-ends": (call("GET", "/batches", PAGE), call("GET", "/batches", {**PAGE, "last_id": None})),
    "batches.list-limit": (
        call("GET", "/batches?limit=1", PAGE),
        call("GET", "/batches?limit=1", {**PAGE, "data": [BATCH, BATCH]}),
    ),
    "batches.unknown": (
        call("GET", "/batches/batch_no_such", ERROR, status=404),
        call("GET", "/batches/batch_no_such", BATCH),
    ),
    "batches.input-known": (made(ERROR, UNFOUNDED, status=404), made(BATCH, UNFOUNDED)),
}


def line(custom_id: str, status: int, body: Any) -> Json:
    response = {"status_code": status, "request_id": "req_1", "body": body}
    return {"id": f"batch_req_{custom_id}", "custom_id": custom_id, "response": response, "error": None}


def lines(*values: Json) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


RIGHT, WRONG = line("right", 200, COMPLETION), line("wrong", 400, ERROR)
SENT = lines({"custom_id": "right", "body": {}}, {"custom_id": "wrong", "body": {"temperature": "hot"}})


def run(output: Json = RIGHT, errors: Json = WRONG, **changes: Any) -> dict[str, Exchange]:
    return {
        "upload": upload(FILE, content=SENT),
        "create": made(),
        "poll 1": shown(status="in_progress", output_file_id=None),
        "poll 2": shown(**changes),
        "output": call("GET", "/files/file-2/content", lines(output)),
        "errors": call("GET", "/files/file-3/content", lines(errors)),
    }


def listed(**changes: Any) -> dict[str, Exchange]:
    page = {"object": "list", "data": [{**BATCH, **changes}], "has_more": False}
    return {**run(), "listed": call("GET", "/batches?limit=20", page)}


def cancelled(status: str) -> dict[str, Exchange]:
    return {"create": made(), "cancel": call("POST", "/batches/batch_1/cancel", {**BATCH, "status": status})}


RELATIONS = {
    "batches.completes": (run(), run(status="failed", failed_at=NOW)),
    "batches.output-lines": (run(), run(output=without(RIGHT, "response"))),
    "batches.custom-ids": (run(), run(output={**RIGHT, "custom_id": "0"})),
    "batches.answers": (run(), run(output=line("right", 200, {"text": "Hi."}))),
    "batches.error-lines": (run(), run(errors=line("wrong", 400, ERROR["error"]))),
    "batches.counts-match": (run(), run(request_counts={"total": 2, "completed": 2, "failed": 0})),
    "batches.listed": (listed(), listed(metadata=None)),
    "batches.cancel": (cancelled("cancelling"), cancelled("in_progress")),
}


@pytest.mark.parametrize("id", PASSIVE)
def test_a_check_passes_what_is_right_and_fails_what_is_wrong(id: str) -> None:
    right, wrong = PASSIVE[id]
    assert failed(id, right) == (1, 0)
    assert failed(id, wrong) == (1, 1)


@pytest.mark.parametrize("id", RELATIONS)
def test_a_relation_passes_what_is_right_and_fails_what_is_wrong(id: str) -> None:
    right, wrong = RELATIONS[id]
    assert failed_run(id, right) == (1, 0)
    assert failed_run(id, wrong) == (1, 1)


def test_every_check_of_the_family_is_here() -> None:
    known = {check.id for check in ALL if check.family == "batches"} - {"batches.sdk-reads"}
    assert known == {*PASSIVE, *RELATIONS}


@pytest.mark.parametrize("id", sorted(RELATIONS.keys() - {"batches.cancel", "batches.listed"}))
def test_a_batch_that_is_not_done_settles_nothing(id: str) -> None:
    assert failed_run(id, run(status="in_progress", in_progress_at=NOW)) == (0, 0)


def test_a_batch_done_before_it_could_be_cancelled_settles_nothing() -> None:
    refused = call("POST", "/batches/batch_1/cancel", {"error": {"message": "It is completed."}}, status=400)
    assert failed_run("batches.cancel", {"create": made(), "cancel": refused}) == (0, 0)
