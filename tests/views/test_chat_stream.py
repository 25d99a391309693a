"""Streams put together from their chunks."""

from cozecheck.exchange import ABSENT
from cozecheck.views.chat_stream import ChatStream, chat_stream, ended, usage_stream
from tests.examples import HELLO, OPENING, answer, asking, chunk, drop, error, put, stream, usage
from tests.examples import usage_stream as asked

SECOND = tuple(put(each, "/choices/0/index", 1) for each in HELLO)


def read(*events: object, done: bool = True) -> ChatStream:
    found = chat_stream(stream(*events, done=done))
    assert found
    return found


def test_a_choice_is_put_together_from_its_deltas() -> None:
    choice = read(*HELLO).choices[0]

    assert (choice.text, choice.finish_reason) == ("Hello there.", "stop")
    assert choice.roles == [(1, "assistant")]
    assert choice.finishes == [(4, "stop")]
    assert (choice.first, choice.last_piece, choice.seen) == (1, 3, [1, 2, 3, 4])


def test_choices_interleave() -> None:
    pairs = [each for pair in zip(HELLO, SECOND, strict=True) for each in pair]

    assert {index: choice.text for index, choice in read(*pairs).choices.items()} == {
        0: "Hello there.",
        1: "Hello there.",
    }


def test_what_is_missing_is_noted_by_event() -> None:
    bare = {"index": 0}
    choice = read(OPENING, chunk(choices=[bare])).choices[0]

    assert (choice.without_finish_key, choice.without_delta) == ([2], [2])


def test_calls_count_as_pieces() -> None:
    choice = read(OPENING, chunk({"tool_calls": [{"index": 0}]})).choices[0]

    assert (choice.has_calls, choice.last_piece) == (True, 2)


def test_errors_and_notes_are_no_chunks() -> None:
    note = {"id": "", "choices": [], "prompt_filter_results": []}
    found = read(note, *HELLO, error("Late."), "no JSON")

    assert [at for at, _ in found.chunks] == [2, 3, 4, 5]
    assert [at for at, _ in found.errors] == [6]


def test_done_is_found_with_spaces_around_it() -> None:
    assert read(*HELLO, "[DONE] ", done=False).done == [5]


def test_distinct_values_come_with_the_event_where_they_begin() -> None:
    found = read(chunk(id="a"), chunk(id="a"), chunk(id=["b"]), drop(chunk(), "/id"))

    assert found.distinct("id") == [(1, "a"), (3, ["b"]), (4, ABSENT)]


def test_a_stream_ends_with_a_finish_or_done_and_no_error() -> None:
    assert ended(read(*HELLO, done=False))
    assert ended(read(OPENING))
    assert not ended(read(OPENING, done=False))
    assert not ended(read(*HELLO, error("Late.")))


def test_the_last_usage_counts() -> None:
    assert read(chunk(usage=usage(1)), chunk(usage=usage(2))).usage == usage(2)
    assert read(*HELLO).usage == {}


def test_a_usage_stream_is_one_that_was_asked_for_its_usage() -> None:
    assert usage_stream(asked())
    assert usage_stream(stream()) is None
    assert usage_stream(stream(asked=asking(stream=True, stream_options={"include_usage": "yes"}))) is None


def test_a_body_is_no_stream() -> None:
    assert chat_stream(answer()) is None
