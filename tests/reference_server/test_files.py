"""Files: kept, shown and forgotten."""

from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from tests.reference_server.asking import NOW, app, ask, error

FILES = "/v1/files"


def put(server: ASGIApp, content: bytes = b"{}\n", name: str = "größe.jsonl", **fields: str) -> httpx2.Response:
    return ask(server, "POST", FILES, data={"purpose": "batch", **fields}, files={"file": (name, content)})


def test_an_upload_is_described() -> None:
    file = put(app()).json()
    assert file.pop("id").startswith("file-")
    assert file == {
        "object": "file",
        "purpose": "batch",
        "filename": "größe.jsonl",
        "bytes": 3,
        "created_at": int(NOW),
        "expires_at": int(NOW) + 30 * 86_400,
        "status": "processed",
        "status_details": None,
    }


@pytest.mark.parametrize("content", [b"", b"\r\n--\r\n\x00\xff", bytes(range(256)) * 9000])
def test_the_content_comes_back_byte_for_byte(content: bytes) -> None:
    server = app()
    file = put(server, content, purpose="user_data").json()
    got = ask(server, "GET", f"{FILES}/{file['id']}/content")
    assert got.content == content
    assert got.headers["content-type"] == "application/octet-stream"


def test_pages_are_latest_first_and_go_on_behind_a_file() -> None:
    server = app()
    ids = [put(server).json()["id"] for _ in range(3)]
    first = ask(server, "GET", f"{FILES}?limit=2").json()
    rest = ask(server, "GET", f"{FILES}?after={first['last_id']}").json()
    assert [file["id"] for file in (*first["data"], *rest["data"])] == ids[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)


def test_a_list_can_be_of_one_purpose() -> None:
    server = app()
    put(server)
    wanted = put(server, purpose="vision").json()
    assert ask(server, "GET", f"{FILES}?purpose=vision").json()["data"] == [wanted]


def test_a_deleted_file_is_gone() -> None:
    server = app()
    path = f"{FILES}/{put(server).json()['id']}"
    assert ask(server, "DELETE", path).json() == {"object": "file", "deleted": True, "id": path.rpartition("/")[2]}
    for method, place in (("GET", path), ("GET", f"{path}/content"), ("DELETE", path)):
        assert ask(server, method, place).status_code == 404
    assert ask(server, "GET", FILES).json()["data"] == []


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"files": {"file": b"x"}}, "purpose"),
        ({"data": {"purpose": "other"}, "files": {"file": b"x"}}, "purpose"),
        ({"files": {"purpose": b"batch", "file": b"x"}}, "purpose"),
        ({"data": {"purpose": "batch"}, "files": {"other": b"x"}}, "file"),
        ({"data": {"purpose": "batch", "color": "red"}, "files": {"file": b"x"}}, "color"),
        (
            {
                "data": {"purpose": "batch", "expires_after[anchor]": "created_at", "expires_after[seconds]": "soon"},
                "files": {"file": b"x"},
            },
            "expires_after.seconds",
        ),
        ({"json": {"purpose": "batch"}}, None),
        ({"content": b"--x", "headers": {"content-type": "multipart/form-data"}}, None),
    ],
)
def test_a_wrong_form_is_refused_by_the_name_of_what_is_wrong(sent: dict[str, Any], param: str | None) -> None:
    answer = ask(app(), "POST", FILES, **sent)
    assert answer.status_code == 400
    assert error(answer)["param"] == param


def test_a_file_can_be_asked_to_expire() -> None:
    expiry = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    assert put(app(), b"{}\n", "requests.jsonl", **expiry).json()["expires_at"] == int(NOW) + 3600


WHOLE = (
    b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nHi.\r\n--b--'
)


@pytest.mark.parametrize("at", [1, 40, 70, 100, len(WHOLE) - 8, len(WHOLE) - 1])
def test_a_form_that_is_cut_off_is_refused_and_nothing_is_left_open(at: int) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b"}
    assert ask(app(), "POST", FILES, headers, content=WHOLE).status_code == 200
    answer = ask(app(), "POST", FILES, headers, content=WHOLE[:at])
    assert answer.status_code == 400
    assert "multipart/form-data" in error(answer)["message"]
