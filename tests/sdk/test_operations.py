"""The operations that the installed SDK gives away."""

from functools import cache

from cozecheck.contract.operations import OPERATIONS, Operation
from cozecheck.sdk.client import PLACEHOLDER
from cozecheck.sdk.operations import discovered


@cache
def found() -> tuple[Operation, ...]:
    return discovered()


def test_more_than_two_hundred_operations_are_found() -> None:
    assert len(found()) > 200


def test_each_is_there_once_under_one_name() -> None:
    assert len({(each.method, each.path) for each in found()}) == len(found())
    assert len({each.name for each in found()}) == len(found())


def test_what_we_know_by_heart_is_among_them() -> None:
    assert set(OPERATIONS) <= set(found())


def test_paths_are_templates_and_administration_is_left_out() -> None:
    assert [each for each in found() if PLACEHOLDER in each.path or each.name.startswith("admin.")] == []


def test_nothing_is_deleted_without_an_id() -> None:
    assert [each for each in found() if each.method == "DELETE" and "{}" not in each.path] == []


def test_files_and_streams_are_found_too() -> None:
    names = {each.name for each in found()}
    assert {"files.create", "images.edit", "audio.transcriptions.create", "audio.voices.create"} <= names
