"""Flaws of batches."""

import json
from collections.abc import Callable
from dataclasses import replace

from reference_server.flaws.canned import SERVER_ERROR
from reference_server.flaws.kinds import after
from reference_server.flaws.messages import Json, Reply, Request, write_json

BATCH: Json = {
    "id": "batch_00000000000000000000000000000000",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "errors": None,
    "input_file_id": "file-0000000000000000000000",
    "completion_window": "24h",
    "status": "validating",
    "output_file_id": None,
    "error_file_id": None,
    "created_at": 1721172741,
    "expires_at": 1721259141,
    "request_counts": {"total": 0, "completed": 0, "failed": 0},
    "metadata": None,
}


@after("batches.create")
def batches_create_500(request: Request, reply: Reply) -> Reply:
    """POST /batches is answered 500."""
    return reply.with_json(SERVER_ERROR.json, status=500) if request.calls("POST", "/batches") else reply


@after("batches.shape")
def batches_no_window(request: Request, reply: Reply) -> Reply:
    """A batch has no completion_window."""
    return _changed(request, reply, lambda batch: batch.pop("completion_window"))


@after("batches.echo")
def batches_metadata_dropped(request: Request, reply: Reply) -> Reply:
    """A batch forgets its metadata."""
    return _changed(request, reply, lambda batch: batch.update(metadata=None))


@after("batches.counts")
def batches_counts_short(request: Request, reply: Reply) -> Reply:
    """A completed batch has one request more than were answered."""
    return _changed(request, reply, lambda batch: _count(batch, total=1))


@after("batches.times")
def batches_no_times(request: Request, reply: Reply) -> Reply:
    """A batch does not say when it was completed."""
    return _changed(request, reply, lambda batch: batch.update(completed_at=None))


@after("batches.output-id")
def batches_no_output_id(request: Request, reply: Reply) -> Reply:
    """A completed batch does not name its output file."""
    return _changed(request, reply, lambda batch: batch.update(output_file_id=None))


@after("batches.list-shape")
def batches_list_object(request: Request, reply: Reply) -> Reply:
    """The object of a list of batches is "page"."""
    return reply.with_json({**reply.json, "object": "page"}) if _lists(request, reply) else reply


@after("batches.list-ends")
def batches_no_ends(request: Request, reply: Reply) -> Reply:
    """A list of batches has neither has_more nor the ids at its ends."""
    return reply.with_json({"object": "list", "data": reply.json["data"]}) if _lists(request, reply) else reply


@after("batches.list-limit")
def batches_limit_passed(request: Request, reply: Reply) -> Reply:
    """A list of batches holds more of them than its limit."""
    return reply.with_json({**reply.json, "data": reply.json["data"] * 2}) if _lists(request, reply) else reply


@after("batches.listed")
def batches_listed_bare(request: Request, reply: Reply) -> Reply:
    """A list of batches leaves their metadata out."""
    if not _lists(request, reply):
        return reply
    return reply.with_json({**reply.json, "data": [{**batch, "metadata": None} for batch in reply.json["data"]]})


@after("batches.completes")
def batches_fail_whole(request: Request, reply: Reply) -> Reply:
    """A batch of which one request is refused fails."""
    return _changed(request, reply, _fail)


@after("batches.output-lines")
def batches_lines_no_status(request: Request, reply: Reply) -> Reply:
    """The lines of a batch's output do not say the status."""
    return _rewritten(request, reply, lambda line: line["response"].pop("status_code"))


@after("batches.custom-ids")
def batches_custom_ids_lost(request: Request, reply: Reply) -> Reply:
    """A line of a batch's output has another custom_id than the request."""
    return _rewritten(request, reply, lambda line: line.update(custom_id=line["custom_id"].replace("2", "line-2")))


@after("batches.answers")
def batches_bodies_bare(request: Request, reply: Reply) -> Reply:
    """The lines of a batch's output hold the message alone, not the answer of the endpoint."""
    return _rewritten(request, reply, _bare)


@after("batches.error-lines")
def batches_errors_flat(request: Request, reply: Reply) -> Reply:
    """The lines of a batch's error file have no envelope around the error."""
    return _rewritten(request, reply, _flat)


@after("batches.counts-match")
def batches_failed_uncounted(request: Request, reply: Reply) -> Reply:
    """A batch counts the requests that failed as completed."""
    return _changed(request, reply, lambda batch: _count(batch, completed=1, failed=-1))


@after("batches.cancel")
def batches_cancel_ignored(request: Request, reply: Reply) -> Reply:
    """A batch that is cancelled says that it goes on."""
    if not request.calls("POST", "/batches/{}/cancel") or reply.status != 200:
        return reply
    going_on = {"status": "in_progress", "in_progress_at": reply.json["created_at"], "cancelling_at": None}
    return reply.with_json({**reply.json, **going_on})


@after("batches.unknown")
def batches_unknown_200(request: Request, reply: Reply) -> Reply:
    """GET /batches/{id} answers a batch for an id that nobody has."""
    invented = request.calls("GET", "/batches/{}") and reply.status == 404
    return reply.with_json({**BATCH, "id": request.path.rpartition("/")[2]}, status=200) if invented else reply


@after("batches.input-known")
def batches_input_unchecked(request: Request, reply: Reply) -> Reply:
    """A batch over a file that is not there is taken."""
    unchecked = request.calls("POST", "/batches") and reply.status == 404
    return reply.with_json(BATCH, status=200) if unchecked else reply


def _lists(request: Request, reply: Reply) -> bool:
    return request.calls("GET", "/batches") and reply.status == 200


def _changed(request: Request, reply: Reply, change: Callable[[Json], object]) -> Reply:
    """Change every batch that is shown, alone or in a list."""
    if "/batches" not in request.path or reply.json.get("object") not in ("batch", "list"):
        return reply
    value = reply.json
    for batch in value.get("data", [value]):
        change(batch)
    return reply.with_json(value)


def _count(batch: Json, **more: int) -> None:
    if batch["status"] == "completed" and batch["request_counts"]["failed"]:
        counts = batch["request_counts"]
        batch["request_counts"] = {name: counts[name] + more.get(name, 0) for name in counts}


def _fail(batch: Json) -> None:
    if batch["status"] == "completed":
        batch.update(status="failed", failed_at=batch["completed_at"], output_file_id=None, error_file_id=None)


def _rewritten(request: Request, reply: Reply, change: Callable[[Json], object]) -> Reply:
    """Change each line of a batch's output."""
    if not request.calls("GET", "/files/{}/content") or b'"batch_req_' not in reply.body:
        return reply
    lines = [json.loads(line) for line in reply.body.splitlines()]
    for line in lines:
        change(line)
    return replace(reply, body=b"".join(write_json(line) + b"\n" for line in lines))


def _bare(line: Json) -> None:
    if line["response"]["status_code"] == 200:
        line["response"]["body"] = line["response"]["body"]["choices"][0]["message"]


def _flat(line: Json) -> None:
    line["response"]["body"] = line["response"]["body"].get("error", line["response"]["body"])
