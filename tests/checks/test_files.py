"""Files: an exchange that passes and one that fails, for every check."""

import pytest

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange
from cozecheck.findings import Outcome
from tests.checks.calls import FILE, Json, call, failed, failed_run, upload, without

PAGE: Json = {"object": "list", "data": [FILE], "first_id": "file-1", "last_id": "file-1", "has_more": False}
GONE: Json = {"object": "file", "deleted": True, "id": "file-1"}
MISSING: Json = {
    "error": {"message": "No such File object", "type": "invalid_request_error", "param": "id", "code": None}
}
OTHER: Json = {**FILE, "id": "file-2", "purpose": "vision"}

PASSIVE = {
    "files.create": (upload(FILE), upload({"error": {"message": "Broken", "code": None}}, status=500)),
    "files.shape": (upload(FILE), upload(without(FILE, "status"))),
    "files.created-at": (upload(FILE), upload({**FILE, "created_at": FILE["created_at"] * 1000})),
    "files.bytes": (upload(FILE), upload({**FILE, "bytes": 300})),
    "files.echo": (upload(FILE), upload({**FILE, "filename": "upload"})),
    "files.list-shape": (call("GET", "/files", PAGE), call("GET", "/files", [FILE])),
    "files.list-ends": (call("GET", "/files", PAGE), call("GET", "/files", without(PAGE, "has_more"))),
    "files.list-limit": (
        call("GET", "/files?limit=1", PAGE),
        call("GET", "/files?limit=1", {**PAGE, "data": [FILE, OTHER]}),
    ),
    "files.list-purpose": (
        call("GET", "/files?purpose=batch", PAGE),
        call("GET", "/files?purpose=batch", {**PAGE, "data": [OTHER]}),
    ),
    "files.deleted": (
        call("DELETE", "/files/file-1", GONE),
        call("DELETE", "/files/file-1", {**GONE, "deleted": False}),
    ),
    "files.unknown": (
        call("GET", "/files/file-no-such-file", MISSING, status=404),
        call("GET", "/files/file-no-such-file", FILE),
    ),
    "files.required": (upload(MISSING, status=400, purpose=""), upload(FILE, purpose="")),
}
UPLOAD = {"upload": upload(FILE)}
PAGES = {
    "page": call("GET", "/files?limit=1", PAGE),
    "next page": call("GET", "/files?after=file-1", {**PAGE, "data": []}),
}
DELETED = {"delete": call("DELETE", "/files/file-1", GONE)}
RELATIONS = {
    "files.pages": (PAGES, {**PAGES, "next page": call("GET", "/files?after=file-1", PAGE)}),
    "files.retrieve": (
        {**UPLOAD, "retrieve": call("GET", "/files/file-1", FILE)},
        {**UPLOAD, "retrieve": call("GET", "/files/file-1", {**FILE, "bytes": 4})},
    ),
    "files.listed": (
        {**UPLOAD, "of one purpose": call("GET", "/files?purpose=batch", PAGE)},
        {**UPLOAD, "of one purpose": call("GET", "/files?purpose=batch", {**PAGE, "data": [{**FILE, "bytes": 4}]})},
    ),
    "files.content": (
        {**UPLOAD, "content": call("GET", "/files/file-1/content", b"{}\n")},
        {**UPLOAD, "content": call("GET", "/files/file-1/content", b"{}")},
    ),
    "files.gone": (
        {**DELETED, "after deletion": call("GET", "/files/file-1", MISSING, status=404)},
        {**DELETED, "after deletion": call("GET", "/files/file-1", FILE)},
    ),
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
    known = {check.id for check in ALL if check.family == "files"} - {"files.sdk-reads"}
    assert known == {*PASSIVE, *RELATIONS}


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_target_without_files_is_unsupported(status: int) -> None:
    bench = Bench([check for check in ALL if check.id == "files.create"])
    bench.judge(upload({"detail": "Not Found"}, status=status))
    check = bench.checks[0]
    assert bench.tallies[check.id].outcome(check)[0] is Outcome.UNSUPPORTED


@pytest.mark.parametrize(("has_more", "judged"), [(False, (1, 1)), (True, (0, 0)), (None, (0, 0))])
def test_a_file_that_is_on_no_page_is_missed_on_the_last(*, has_more: bool | None, judged: tuple[int, int]) -> None:
    page = call("GET", "/files?purpose=batch", {**PAGE, "data": [OTHER], "has_more": has_more})
    assert failed_run("files.listed", {**UPLOAD, "of one purpose": page}) == judged


def test_a_file_of_a_new_purpose_has_its_shape() -> None:
    assert failed("files.shape", upload({**FILE, "purpose": "evals"})) == (1, 0)


def test_a_form_that_a_recorder_cut_is_not_read() -> None:
    whole = upload({**FILE, "bytes": 1})
    cut = Exchange(
        type(whole.request)("POST", whole.request.url, whole.request.headers, whole.request.body[:-9]), whole.response
    )
    assert failed("files.bytes", whole) == (1, 1)
    assert failed("files.bytes", cut) == (0, 0)
