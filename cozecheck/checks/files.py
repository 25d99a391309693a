"""Checks: files."""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import resource_shapes, sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.calls import Call, served, success, turned_down
from cozecheck.views.files import (
    deletion,
    file_list,
    files_shown,
    new_file,
    nonsense_file,
    upload,
    uploaded,
    wrong_upload,
)
from cozecheck.views.support import lacking
from cozecheck.views.wire import is_recorded

LIFE = "files.life"
SAME = ("id", "bytes", "filename", "purpose", "created_at")
"""What of a file never changes."""


@check(
    "files.create",
    Level.MUST,
    Basis.SPEC,
    of=upload,
    cite=sources.spec("CreateFileRequest/required"),
    breaks=("everything that begins with a file: batches, fine-tuning, file inputs",),
    remedy="Take multipart/form-data with `file` and `purpose`, and answer with the file.",
)
def create(it: Call) -> Iterator[Verdict]:
    """A file that is uploaded for a documented purpose is taken."""
    verdict = served(it, "POST /files")
    if verdict:
        yield verdict


@check(
    "files.shape",
    Level.MUST,
    Basis.SDK,
    of=files_shown,
    cite=sources.FILE + "/required",
    breaks=("typed clients: id, bytes, created_at, filename, object, purpose and status are required",),
    remedy="Show every file as the whole object.",
)
def shape(it: tuple[tuple[str, dict[str, Any]], ...]) -> Iterator[Verdict]:
    """Every file has the fields that the SDK's type requires, each of its type."""
    for at, value in it:
        for departure in resource_shapes.file(value):
            yield Problem(departure.expected, departure.actual, at=at + departure.pointer)


@check(
    "files.created-at",
    Level.MUST,
    Basis.SPEC,
    of=new_file,
    cite=sources.FILE + "/properties/created_at",
    breaks=("clients that show or sort by age",),
    remedy="Write whole seconds since 1970.",
    requires=("files.shape",),
)
def created_at(it: Call) -> Iterator[Verdict]:
    """The created_at of a new file is the time in seconds since 1970."""
    yield from rules.created(it.value.get("created_at", ABSENT), it.response, "/created_at")


@check(
    "files.bytes",
    Level.MUST,
    Basis.SPEC,
    of=uploaded,
    cite=sources.FILE + "/properties/bytes",
    breaks=("clients that check that the upload came whole",),
    remedy="Count the bytes of the file, not of the form.",
    requires=("files.shape",),
)
def counted_bytes(it: Call) -> Iterator[Verdict]:
    """The bytes of a file are those that were uploaded."""
    assert it.file is not None
    if it.value.get("bytes") == len(it.file.content):
        return
    if is_recorded(it.response) and not it.file.content.isascii():
        yield Inconclusive("a recording in which the bytes of the file may have been spoilt")
    else:
        yield Problem(str(len(it.file.content)), it.value.get("bytes", ABSENT), at="/bytes")


@check(
    "files.echo",
    Level.SHOULD,
    Basis.SPEC,
    of=uploaded,
    cite=sources.FILE + "/properties/filename",
    breaks=("clients that find their file again by its name or purpose",),
    remedy="Keep the name and the purpose with the file.",
    requires=("files.shape",),
)
def echo(it: Call) -> Iterator[Verdict]:
    """A file has the name and the purpose with which it was uploaded."""
    assert it.file is not None
    for name, sent in (("filename", it.file.filename), ("purpose", it.form.get("purpose"))):
        told = it.value.get(name, ABSENT)
        # Forms have two ways to write a quote, and nobody says who undoes them.
        if told not in (sent, str(sent).replace('"', "%22"), str(sent).replace('"', '\\"')):
            yield Problem(str(sent), told, at=f"/{name}")


@check(
    "files.list-shape",
    Level.MUST,
    Basis.SPEC,
    of=file_list,
    cite=sources.FILES + "/required",
    breaks=("openai-python: files.list() finds no data",),
    remedy='Answer `{"object": "list", "data": [...], "first_id", "last_id", "has_more"}`.',
)
def list_shape(it: Call) -> Iterator[Verdict]:
    """The list of files is an object with object "list" and a list under data."""
    yield from rules.list_shape(it.value)


@check(
    "files.list-ends",
    Level.SHOULD,
    Basis.SPEC,
    of=file_list,
    cite=sources.FILES + "/required",
    breaks=("clients that ask for the next page with last_id, or stop at has_more",),
    remedy="Say has_more, and the ids of the first and the last item of the page.",
    requires=("files.list-shape",),
)
def list_ends(it: Call) -> Iterator[Verdict]:
    """A page of files says has_more, and the ids at its ends."""
    yield from rules.list_ends(it.value)


@check(
    "files.list-limit",
    Level.MUST,
    Basis.SPEC,
    of=file_list,
    cite=sources.spec("ListFilesResponse") + "; GET /files, limit",
    breaks=("clients with thousands of files",),
    remedy="Send at most `limit` files.",
)
def list_limit(it: Call) -> Iterator[Verdict]:
    """A page holds no more files than its limit."""
    yield from rules.within_limit(it.query.get("limit"), len(it.items))


@check(
    "files.list-purpose",
    Level.MUST,
    Basis.SPEC,
    of=file_list,
    cite=sources.spec("ListFilesResponse") + "; GET /files, purpose",
    breaks=("clients that clean up the files of one purpose: they delete the others too",),
    remedy="Leave out the files of other purposes.",
    requires=("files.shape",),
)
def list_purpose(it: Call) -> Iterator[Verdict]:
    """A list that is asked for one purpose holds no file of another."""
    wanted = it.query.get("purpose")
    for at, item in it.items:
        if wanted and item.get("purpose") != wanted:
            yield Problem(wanted, item.get("purpose", ABSENT), at=f"{at}/purpose")


@relation(
    "files.pages",
    Level.MUST,
    Basis.SDK,
    scenario=LIFE,
    cite=sources.PYTHON_PAGES,
    breaks=("openai-python and openai-node: iterating over files.list() never ends",),
    remedy="Begin the page behind the file that `after` names.",
)
def pages(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The page after a file does not hold that file again."""
    first, second = (success(run[name], "files.list") if name in run else None for name in ("page", "next page"))
    if first is None or second is None or not first.items:
        yield lacking(run.get("next page"), "pages of files") or Inconclusive("no pages of files to compare")
        return
    known = first.items[-1][1].get("id")
    if known in [item.get("id") for _, item in second.items]:
        yield Problem("the files after it", f"{known} again", at="next page")


@relation(
    "files.retrieve",
    Level.MUST,
    Basis.SPEC,
    scenario=LIFE,
    cite=sources.FILE + "; GET /files/{file_id}",
    breaks=("clients that wait until a file is processed",),
    remedy="Look files up where you put them.",
)
def retrieve(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A file that was uploaded can be retrieved, and is the same."""
    made, got = run.get("upload"), run.get("retrieve")
    unsettled = lacking(made, "POST /files")
    if unsettled or made is None or got is None or got.response is None:
        yield unsettled or Inconclusive("no file to retrieve")
        return
    here, there = success(made, "files.create"), success(got, "files.retrieve")
    if here is None:
        yield Inconclusive("the upload was answered without a file")
        return
    if there is None:
        yield Problem("200", got.response.status, at="retrieve")
    for name in SAME if there else ():
        assert there is not None
        if here.value.get(name) != there.value.get(name):
            yield Problem(str(here.value.get(name)), there.value.get(name, ABSENT), at="retrieve")


@relation(
    "files.listed",
    Level.SHOULD,
    Basis.SPEC,
    scenario=LIFE,
    cite=sources.FILES + "; GET /files",
    breaks=("clients that find their files again by the list",),
    remedy="Make the list out of the same objects that are retrieved.",
)
def listed(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A file that was uploaded is in the list of its purpose, as it was answered."""
    made = success(run["upload"], "files.create") if "upload" in run else None
    page = success(run["of one purpose"], "files.list") if "of one purpose" in run else None
    if made is None or page is None:
        yield lacking(run.get("of one purpose"), "a list of files") or Inconclusive("no file, or no list")
        return
    yield from rules.on_page(made.value, page.value, SAME, "of one purpose")


@relation(
    "files.content",
    Level.MUST,
    Basis.SPEC,
    scenario=LIFE,
    cite=sources.FILE + "; GET /files/{file_id}/content",
    breaks=("everybody who reads the output of a batch",),
    remedy="Give the bytes back as they came.",
)
def content(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The content of a file is what was uploaded, byte for byte."""
    made = success(run["upload"], "files.create") if "upload" in run else None
    got = run.get("content")
    if made is None or made.file is None or got is None or got.response is None:
        yield lacking(run.get("upload"), "POST /files") or Inconclusive("no content to compare")
    elif not got.response.ok:
        yield lacking(got, "the content of a file") or Inconclusive("no content")
    elif got.response.content != made.file.content:
        came = got.response.content
        yield Problem(f"{len(made.file.content)} bytes as sent", f"{len(came)} bytes: {came[:40]!r}", at="content")


@check(
    "files.deleted",
    Level.MUST,
    Basis.SPEC,
    of=deletion,
    cite=sources.spec("DeleteFileResponse/required"),
    breaks=("clients that check `deleted`",),
    remedy='Answer `{"id": …, "object": "file", "deleted": true}`.',
)
def deleted(it: Call) -> Iterator[Verdict]:
    """The answer to a deletion has the file's id, object "file" and deleted true."""
    for departure in resource_shapes.deleted_file(it.value):
        yield Problem(departure.expected, departure.actual, at=departure.pointer)
    if it.value.get("deleted") is False:
        yield Problem("true", it.value["deleted"], at="/deleted")
    if isinstance(it.value.get("id"), str) and it.value["id"] != it.identifier:
        yield Problem(it.identifier, it.value["id"], at="/id")


@relation(
    "files.gone",
    Level.MUST,
    Basis.SPEC,
    scenario=LIFE,
    cite=sources.spec("DeleteFileResponse") + "; DELETE /files/{file_id}",
    breaks=("everybody who deletes what must not be kept",),
    remedy="Forget a file that is deleted: its content too.",
)
def gone(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A deleted file is not found again."""
    deleted_, after = run.get("delete"), run.get("after deletion")
    unsettled = lacking(deleted_, "DELETE /files/{id}")
    if unsettled or after is None or after.response is None:
        yield unsettled or Inconclusive("nobody asked for it again")
    elif after.response.ok:
        yield Problem("404", after.response.status, at="after deletion")


@check(
    "files.unknown",
    Level.MUST,
    Basis.SDK,
    of=nonsense_file,
    cite=sources.PYTHON_STATUS,
    breaks=("openai-python: no NotFoundError for a file that is not there",),
    remedy="Answer 404 for ids that you do not keep.",
)
def unknown(it: Call) -> Iterator[Verdict]:
    """GET /files/{id} of an unknown file answers 404."""
    yield from rules.not_found(it.response)


@check(
    "files.required",
    Level.MUST,
    Basis.SPEC,
    of=wrong_upload,
    cite=sources.spec("CreateFileRequest/required"),
    breaks=("everybody with a mistake in the form: it is found much later",),
    remedy="Refuse an upload without a file or a purpose with 400, and name what is missing.",
)
def required(it: Call) -> Iterator[Verdict]:
    """An upload without a file, or without a documented purpose, is refused with a 4xx."""
    verdict = turned_down(it, "an upload without file or purpose")
    if verdict:
        yield verdict
