"""What of an exchange can be judged at all."""

import gzip
from dataclasses import replace

import pytest

from cozecheck.exchange import Failure, FailureKind
from cozecheck.views.wire import answer, attempt, event_stream, is_json, json_body, labelled, timed_stream
from tests import examples
from tests.examples import asking, broken, exchange, recorded, stream

CUT = exchange(asking(), gzip.compress(b'{"a": 1}')[:-9], headers={"content-encoding": "gzip"})
FILE = exchange(answered="id: 1\nname: x\n", method="GET", path="/files/file-1/content")


def test_a_broken_exchange_is_an_attempt_without_an_answer() -> None:
    whole = broken(Failure(FailureKind.CUT, "reset"), answered=b"{")

    assert attempt(whole)
    assert answer(whole) is None


def test_what_we_left_ourselves_is_neither() -> None:
    whole = replace(examples.answer(), left=True)

    assert attempt(whole) is None
    assert answer(whole) is None


def test_a_body_that_a_recorder_cut_is_no_answer() -> None:
    assert answer(CUT)
    assert answer(recorded(CUT)) is None


def test_a_file_is_not_what_the_api_says() -> None:
    assert answer(FILE)
    assert (labelled(FILE), json_body(FILE), event_stream(FILE)) == (None, None, None)


def test_reads_are_needed_to_tell_the_time() -> None:
    assert event_stream(stream())
    assert timed_stream(stream()) is None


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [("application/json", True), ("application/problem+json", True), ("text/json", False), ("", False), (None, False)],
)
def test_json_has_two_names(media_type: str | None, *, expected: bool) -> None:
    assert is_json(media_type) is expected
