"""Checks: batches, and the lines of their output."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import resource_shapes, shapes, sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.batches import (
    answers,
    batch_list,
    batch_request,
    batches_shown,
    json_lines,
    lines,
    nonsense_batch,
    unfounded_batch,
)
from cozecheck.views.calls import Call, served, success, turned_down
from cozecheck.views.failures import error_in
from cozecheck.views.support import lacking

RUN = "batches.run"
SAME = ("id", "endpoint", "input_file_id", "completion_window", "created_at", "metadata")
"""What of a batch never changes."""
FINAL = ("completed", "failed", "expired", "cancelled")
ENDED = ("cancelling", "cancelled")
Shown = tuple[tuple[str, dict[str, Any]], ...]
WORKERS = "the batch helpers of applications, which match answers to questions by custom_id"


@check(
    "batches.create",
    Level.MUST,
    Basis.SPEC,
    of=batch_request,
    cite=sources.BATCH + "; POST /batches",
    breaks=("everybody who halves the price with batches",),
    remedy="Take a batch over an uploaded file.",
)
def create(it: Call) -> Iterator[Verdict]:
    """A batch over an uploaded file is taken."""
    verdict = served(it, "POST /batches")
    if verdict:
        yield verdict


@check(
    "batches.shape",
    Level.MUST,
    Basis.SDK,
    of=batches_shown,
    cite=sources.BATCH + "/required",
    breaks=("typed clients: id, object, endpoint, input_file_id, status and created_at are required",),
    remedy="Show every batch as the whole object; a time that has not come is null.",
)
def shape(it: Shown) -> Iterator[Verdict]:
    """Every batch has the fields that the SDK's type requires, each of its type."""
    for at, value in it:
        for departure in resource_shapes.batch(value):
            yield Problem(departure.expected, departure.actual, at=at + departure.pointer)


@check(
    "batches.echo",
    Level.MUST,
    Basis.SPEC,
    of=batch_request,
    cite=sources.BATCH + "/properties",
    breaks=("clients that find their batch again by its metadata",),
    remedy="Show what was asked for: endpoint, input_file_id, completion_window and metadata.",
    requires=("batches.create", "batches.shape"),
)
def echo(it: Call) -> Iterator[Verdict]:
    """A batch shows the endpoint, the file, the window and the metadata that were asked for."""
    for name in ("endpoint", "input_file_id", "completion_window", "metadata") if it.value else ():
        if it.response.ok and it.asked.get(name) is not None and it.value.get(name) != it.asked[name]:
            yield Problem(str(it.asked[name]), it.value.get(name, ABSENT), at=f"/{name}")


@check(
    "batches.counts",
    Level.MUST,
    Basis.SPEC,
    of=batches_shown,
    cite=sources.BATCH + "/properties/request_counts",
    breaks=("progress bars, and loops that wait for completed + failed = total",),
    remedy="Count every request once, as completed or failed, when it is answered.",
    requires=("batches.shape",),
)
def counts(it: Shown) -> Iterator[Verdict]:
    """Completed and failed requests are never more than all, and all of them in a completed batch."""
    for at, value in it:
        counted = value.get("request_counts")
        if not isinstance(counted, dict):
            continue
        done, total = counted["completed"] + counted["failed"], counted["total"]
        if done > total or min(counted.values()) < 0 or (value.get("status") == "completed" and done != total):
            yield Problem(f"completed + failed = {total}", done, at=f"{at}/request_counts")


@check(
    "batches.times",
    Level.SHOULD,
    Basis.SPEC,
    of=batches_shown,
    cite=sources.BATCH + "/properties",
    breaks=("clients that measure how long batches take",),
    remedy="Set `STATUS_at` when a batch comes to a status.",
    requires=("batches.shape",),
)
def times(it: Shown) -> Iterator[Verdict]:
    """A batch says when it came to its status."""
    for at, value in it:
        status = value.get("status")
        if status != "validating" and not isinstance(value.get(f"{status}_at"), int):
            yield Problem("seconds since 1970", value.get(f"{status}_at", ABSENT), at=f"{at}/{status}_at")


@check(
    "batches.output-id",
    Level.MUST,
    Basis.SPEC,
    of=batches_shown,
    cite=sources.BATCH + "/properties/output_file_id",
    breaks=("everybody: there is no other way to the answers",),
    remedy="Name the output file of a completed batch, and the error file if requests failed.",
    requires=("batches.shape", "batches.counts"),
)
def output_id(it: Shown) -> Iterator[Verdict]:
    """A completed batch names the file that holds its answers."""
    for at, value in it:
        counted = value.get("request_counts") or {}
        if value.get("status") != "completed":
            continue
        if counted.get("completed") and not value.get("output_file_id"):
            yield Problem("the id of a file", value.get("output_file_id", ABSENT), at=f"{at}/output_file_id")
        elif counted.get("failed") and not (value.get("error_file_id") or value.get("output_file_id")):
            yield Problem("the id of a file", value.get("error_file_id", ABSENT), at=f"{at}/error_file_id")


@check(
    "batches.list-shape",
    Level.MUST,
    Basis.SPEC,
    of=batch_list,
    cite=sources.BATCHES + "/required",
    breaks=("openai-python: batches.list() finds no data",),
    remedy='Answer `{"object": "list", "data": [...], "first_id", "last_id", "has_more"}`.',
)
def list_shape(it: Call) -> Iterator[Verdict]:
    """The list of batches is an object with object "list" and a list under data."""
    yield from rules.list_shape(it.value)


@check(
    "batches.list-ends",
    Level.SHOULD,
    Basis.SPEC,
    of=batch_list,
    cite=sources.BATCHES + "/required",
    breaks=("clients that stop at has_more",),
    remedy="Say has_more, and the ids of the first and the last item of the page.",
    requires=("batches.list-shape",),
)
def list_ends(it: Call) -> Iterator[Verdict]:
    """A page of batches says has_more, and the ids at its ends."""
    yield from rules.list_ends(it.value)


@check(
    "batches.list-limit",
    Level.MUST,
    Basis.SPEC,
    of=batch_list,
    cite=sources.BATCHES + "; GET /batches, limit",
    breaks=("clients with thousands of batches",),
    remedy="Send at most `limit` batches.",
)
def list_limit(it: Call) -> Iterator[Verdict]:
    """A page holds no more batches than its limit."""
    yield from rules.within_limit(it.query.get("limit"), len(it.items))


@relation(
    "batches.completes",
    Level.MUST,
    Basis.SPEC,
    scenario=RUN,
    cite=sources.BATCH + "/properties/status",
    breaks=("everybody who waits for the answers",),
    remedy="Run the requests of a batch; a request that fails is one line of the error file, not the end of it.",
)
def completes(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A batch of which one request is refused is completed."""
    last = _last(run)
    if last is None:
        yield lacking(run.get("create"), "POST /batches") or Inconclusive("the batch could not be looked at")
    elif last.get("status") not in FINAL:
        yield Inconclusive(f"the batch is still {last.get('status')}")
    elif last["status"] != "completed":
        yield Problem("completed", f"{last['status']}: {last.get('errors')}", at="/status")


def _last(run: Mapping[str, Exchange]) -> dict[str, Any] | None:
    """Return the batch as it was seen last."""
    polls = [success(each, "batches.retrieve") for name, each in run.items() if name.startswith("poll")]
    seen = [each for each in polls if each]
    return seen[-1].value if seen else None


def _output(run: Mapping[str, Exchange]) -> list[Any] | Verdict:
    """Return the lines of both files, or why there are none to judge."""
    last = _last(run)
    if last is None or last.get("status") != "completed":
        return lacking(run.get("create"), "POST /batches") or Inconclusive("no batch that is completed")
    for name, key in (("output", "output_file_id"), ("errors", "error_file_id")):
        if last.get(key) and lacking(run.get(name), f"the {name} of a batch"):
            return lacking(run.get(name), f"the {name} of a batch") or Inconclusive("no output")
    counted = last.get("request_counts")
    if isinstance(counted, dict) and counted.get("completed") and "output" not in run:
        return Inconclusive("the batch names no output file")
    return [*lines(run.get("output")), *lines(run.get("errors"))]


@relation(
    "batches.output-lines",
    Level.MUST,
    Basis.SPEC,
    scenario=RUN,
    cite=sources.BATCH_OUTPUT + "/properties",
    breaks=(WORKERS,),
    remedy='Write `{"id", "custom_id", "response": {"status_code", "request_id", "body"}, "error"}`, an object a line.',
)
def output_lines(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Every line of the output is an object with custom_id, and a response or an error."""
    values = _output(run)
    if not isinstance(values, list):
        yield values
        return
    for number, value in enumerate(values, 1):
        if not isinstance(value, dict):
            yield Problem("a JSON object", value, at=f"line {number}")
        elif not isinstance(value.get("custom_id"), str):
            yield Problem("a string", value.get("custom_id", ABSENT), at=f"line {number}: /custom_id")
        elif not _is_answered(value):
            yield Problem("response with status_code and body, or an error", value, at=f"line {number}")


def _is_answered(value: Mapping[str, Any]) -> bool:
    response = value.get("response")
    if isinstance(response, dict):
        return isinstance(response.get("status_code"), int) and isinstance(response.get("body"), dict)
    return isinstance(value.get("error"), dict)


@relation(
    "batches.custom-ids",
    Level.MUST,
    Basis.SPEC,
    scenario=RUN,
    cite=sources.BATCH_OUTPUT + "/properties/custom_id",
    breaks=(WORKERS,),
    remedy="Answer every request once, in the output file or the error file, under the custom_id that it came with.",
)
def custom_ids(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Every request of a batch is answered once, under its custom_id."""
    values = _output(run)
    if not isinstance(values, list):
        yield values
        return
    sent = Counter(str(line["custom_id"]) for line in _sent(run))
    came = Counter(str(value.get("custom_id")) for value in values if isinstance(value, dict))
    if came != sent:
        yield Problem(f"once each: {sorted(sent)}", sorted(came.elements()), at="output")


def _sent(run: Mapping[str, Exchange]) -> list[dict[str, Any]]:
    """Return the requests of the batch, off the form in which they were uploaded."""
    made = success(run["upload"], "files.create") if "upload" in run else None
    if made is None or made.file is None:
        return []
    return [line for line in json_lines(made.file.content) if isinstance(line, dict) and "custom_id" in line]


@relation(
    "batches.answers",
    Level.MUST,
    Basis.SPEC,
    scenario=RUN,
    cite=sources.BATCH_OUTPUT + "/properties/response",
    breaks=("clients that read the body of a line as the answer of the endpoint",),
    remedy="Put the answer of the endpoint into the body, as it is.",
)
def answered(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The body of a line with status 200 is a chat completion."""
    values = _output(run)
    if not isinstance(values, list):
        yield values
        return
    for custom_id, status, body in answers(values):
        for departure in shapes.chat_completion(body) if status == 200 else ():
            yield Problem(departure.expected, departure.actual, at=f"{custom_id}: {departure.pointer}")
            break


@relation(
    "batches.error-lines",
    Level.MUST,
    Basis.SPEC,
    scenario=RUN,
    cite=sources.BATCH + "/properties/error_file_id",
    breaks=("clients that repeat what failed: they take the refusal for an answer",),
    remedy="Keep the status and the error envelope of a refused request.",
)
def error_lines(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A request that is refused has a line with its 4xx status, or with an error."""
    values = _output(run)
    if not isinstance(values, list):
        yield values
        return
    refused = {line["custom_id"] for line in _sent(run) if _is_wrong(line)}
    for custom_id, status, body in answers(values):
        if custom_id not in refused:
            continue
        if status == 200:
            yield Problem("the status of a refusal", status, at=f"{custom_id}: /response/status_code")
        elif status and not isinstance(error_in(body), dict):
            yield Problem("the error envelope", body, at=f"{custom_id}: /response/body")


def _is_wrong(line: Mapping[str, Any]) -> bool:
    body = line.get("body")
    return isinstance(body, dict) and isinstance(body.get("temperature"), str)


@relation(
    "batches.counts-match",
    Level.MUST,
    Basis.SPEC,
    scenario=RUN,
    cite=sources.BATCH + "/properties/request_counts",
    breaks=("clients that look into the error file only where failed is not 0",),
    remedy="Count as failed what stands in the error file.",
)
def counts_match(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The counts of a completed batch are those of the lines of its files."""
    values, last = _output(run), _last(run)
    counted = last.get("request_counts") if last else None
    if not isinstance(values, list) or not isinstance(counted, dict):
        yield Inconclusive("no counts and lines to compare") if isinstance(values, list) else values
        return
    statuses = [status for _, status, _ in answers(values)]
    if 0 in statuses or len(statuses) < len(values):
        yield Inconclusive("lines that do not say what came")
        return
    came = {"completed": statuses.count(200), "failed": len(statuses) - statuses.count(200)}
    for name, number in came.items():
        if counted.get(name) != number:
            yield Problem(f"{number} (the lines of the files)", counted.get(name, ABSENT), at=f"/request_counts/{name}")


@relation(
    "batches.listed",
    Level.SHOULD,
    Basis.SPEC,
    scenario=RUN,
    cite=sources.BATCHES + "; GET /batches",
    breaks=("clients that find their batches again by the list",),
    remedy="Make the list out of the same objects that are retrieved.",
)
def listed(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A batch is in the list, as it is when it is retrieved."""
    last = _last(run)
    page = success(run["listed"], "batches.list") if "listed" in run else None
    if last is None or page is None:
        yield lacking(run.get("listed"), "a list of batches") or Inconclusive("no batch, or no list")
        return
    yield from rules.on_page(last, page.value, SAME, "listed")


@relation(
    "batches.cancel",
    Level.MUST,
    Basis.SPEC,
    scenario="batches.cancel",
    cite=sources.BATCH + "; POST /batches/{batch_id}/cancel",
    breaks=("everybody who has sent the wrong file, and pays for it",),
    remedy="Answer the batch with status cancelling, and stop.",
)
def cancel(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A batch that is cancelled is cancelling, and then cancelled."""
    asked, after = run.get("cancel"), run.get("after")
    unsettled = lacking(run.get("create"), "POST /batches") or lacking(asked, "cancelling a batch")
    made = success(asked, "batches.cancel") if asked else None
    if unsettled or made is None:
        yield unsettled or Inconclusive("the batch was not cancelled")
        return
    later = success(after, "batches.retrieve") if after else None
    for at, seen in (("cancel", made), ("after", later)):
        if seen and seen.value.get("status") not in ENDED:
            yield Problem(" or ".join(ENDED), seen.value.get("status", ABSENT), at=at)
            return


@check(
    "batches.unknown",
    Level.MUST,
    Basis.SDK,
    of=nonsense_batch,
    cite=sources.PYTHON_STATUS,
    breaks=("openai-python: no NotFoundError for a batch that is not there",),
    remedy="Answer 404 for ids that you do not keep.",
)
def unknown(it: Call) -> Iterator[Verdict]:
    """GET /batches/{id} of an unknown batch answers 404."""
    yield from rules.not_found(it.response)


@check(
    "batches.input-known",
    Level.SHOULD,
    Basis.SPEC,
    of=unfounded_batch,
    cite=sources.spec("CreateBatchRequest/properties/input_file_id"),
    breaks=("everybody with a mistake in the id: it is found a day later",),
    remedy="Refuse a batch over a file that is not there.",
)
def input_known(it: Call) -> Iterator[Verdict]:
    """A batch over a file that is not there is refused with a 4xx."""
    verdict = None if it.response.status in (400, 404) else turned_down(it, "a batch over an unknown file")
    if verdict:
        yield verdict
