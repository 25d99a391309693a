"""Recordings into a folder."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange, Request, Response
from cozecheck.record.keeping import Folder
from cozecheck.recordings import Recording


def recording(method: str = "GET", path: str = "/models") -> Recording:
    return Recording(Exchange(Request(method, f"http://h/v1{path}"), Response(200)), "proxy")


def touch(path: Path, recordings: Sequence[Recording]) -> None:
    assert len(recordings) == 1
    path.touch()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_are_numbered_and_named_by_their_operation(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "new" / "folder", touch)
    for each in (recording(), recording("POST", "/responses"), recording("GET", "/no/such")):
        folder.keep(each)
    folder.close()
    assert names(folder.path) == ["0001-models.list.yaml", "0002-responses.create.yaml", "0003-other.yaml"]
    assert folder.written == 3


def test_numbers_go_on_behind_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "0041-models.list.yaml").touch()
    (tmp_path / "README.md").touch()
    folder = Folder(tmp_path, touch)
    folder.keep(recording())
    folder.close()
    assert "0042-models.list.yaml" in names(tmp_path)


def test_what_cannot_be_written_is_noted_and_the_rest_goes_on(tmp_path: Path) -> None:
    def write(path: Path, recordings: Sequence[Recording]) -> None:
        if recordings[0].exchange.request.method == "POST":
            raise ValueError("a key is in it")
        path.touch()

    folder = Folder(tmp_path, write)
    folder.keep(recording("POST"))
    folder.keep(recording())
    folder.close()
    assert folder.written == 1
    assert folder.faults == [f"{tmp_path / '0001-other.yaml'}: a key is in it"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written to: Not a directory"):
        Folder(tmp_path / "file" / "folder", touch)


def test_what_was_never_answered_is_counted_and_not_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path, touch)
    assert folder.keep(Recording(Exchange(Request("GET", "http://h/v1/models"), left=True), "proxy")) is None
    folder.close()
    assert (folder.unanswered, names(tmp_path)) == (1, [])
