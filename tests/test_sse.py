"""Bytes to events by the WHATWG rules, in every legal variant."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozecheck import sse
from cozecheck.sse import BOM, looks_like_stream, read

ENDS = ("\n", "\r\n", "\r")


def data_of(body: bytes) -> list[str]:
    return [event.data for event in read(body).events]


def encode(events: Sequence[tuple[str, str]], end: str, space: str) -> bytes:
    """Write (name, data) pairs as an event stream."""
    lines = []
    for name, data in events:
        lines += [f"event:{space}{name}"] if name else []
        lines += [f"data:{space}{line}" for line in data.split("\n")] + [""]
    return "".join(line + end for line in lines).encode()


@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_lines_end_in_any_of_three_ways(end: str) -> None:
    stream = read(f"data: 1{end}{end}data: 2{end}{end}".encode())
    assert [event.data for event in stream.events] == ["1", "2"]
    assert stream.framing.line_ends == {end}


def test_line_ends_may_be_mixed() -> None:
    stream = read(b"data: 1\r\n\ndata: 2\r\rdata: 3\n\r\n")
    assert [event.data for event in stream.events] == ["1", "2", "3"]
    assert stream.framing.line_ends == set(ENDS)


@pytest.mark.parametrize("other", ["\u2028", "\u0085", "\x0b", "\x0c", "\x1c"], ids=ascii)
def test_nothing_else_ends_a_line(other: str) -> None:
    assert data_of(f"data: a{other}b\n\n".encode()) == [f"a{other}b"]


@pytest.mark.parametrize(
    ("line", "data"),
    [
        (b"data: x", "x"),
        (b"data:x", "x"),
        (b"data:  x", " x"),
        (b"data:\tx", "\tx"),
        (b"data: x ", "x "),
        (b"data: a: b", "a: b"),
        (b"data:", ""),
        (b"data: ", ""),
        (b"data", ""),
    ],
)
def test_one_space_after_the_colon_is_dropped(line: bytes, data: str) -> None:
    assert data_of(line + b"\n\n") == [data]


@pytest.mark.parametrize(("body", "spaced"), [(b"data: x\n\n", True), (b"data:x\n\n", False), (b"data:\n\n", True)])
def test_a_missing_space_is_noted(body: bytes, *, spaced: bool) -> None:
    assert read(body).framing.spaced is spaced


def test_data_lines_are_joined() -> None:
    assert data_of(b"data: a\ndata\ndata: b\n\n") == ["a\n\nb"]


def test_comments_are_counted_and_otherwise_ignored() -> None:
    stream = read(b": ping\n\n:\n\ndata: a\n: in between\ndata: b\n\n")
    assert [event.data for event in stream.events] == ["a\nb"]
    assert stream.framing.comments == 3


def test_blank_lines_make_no_event() -> None:
    assert data_of(b"\n\n\ndata: a\n\n\n\n") == ["a"]


def test_an_event_has_the_last_of_its_names() -> None:
    stream = read(b"event: a\nevent: b\ndata: 1\n\ndata: 2\n\n")
    assert [event.name for event in stream.events] == ["b", ""]


def test_a_name_without_data_makes_no_event_and_is_forgotten() -> None:
    stream = read(b"event: a\n\ndata: 1\n\n")
    assert [(event.name, event.data) for event in stream.events] == [("", "1")]


def test_id_and_retry_are_fields() -> None:
    stream = read(b"id: 1\nretry: 10\ndata: a\nid\n\n")
    assert [event.data for event in stream.events] == ["a"]
    assert stream.framing.stray_lines == ()


@pytest.mark.parametrize("line", ["foo: bar", '{"error": 1}', "Data: x", " data: x", "x"])
def test_other_lines_are_noted_as_stray(line: str) -> None:
    stream = read(f"data: a\n{line}\n\n".encode())
    assert [event.data for event in stream.events] == ["a"]
    assert stream.framing.stray_lines == (line,)


def test_one_byte_order_mark_is_dropped() -> None:
    stream = read(BOM + b"data: a\n\n")
    assert [event.data for event in stream.events] == ["a"]
    assert stream.framing.bom
    assert read(BOM + BOM + b"data: a\n\n").framing.stray_lines == ("\ufeffdata: a",)


@pytest.mark.parametrize(
    ("body", "data", "terminated"),
    [
        (b"data: a\n\ndata: b\n\n", ["a", "b"], True),
        (b"data: a\n\ndata: b\n", ["a", "b"], False),
        (b"data: a\n\ndata: b", ["a", "b"], False),
        (b"data: a\n\ndata: b\r", ["a", "b"], False),
        (b"data: a\n\n: bye", ["a"], True),
        (b"", [], True),
    ],
)
def test_a_last_event_without_a_blank_line_is_kept_and_noted(body: bytes, data: list[str], *, terminated: bool) -> None:
    stream = read(body)
    assert [event.data for event in stream.events] == data
    assert stream.framing.terminated is terminated


def test_what_is_no_utf8_is_noted_and_replaced() -> None:
    stream = read(b"data: caf\xe9\n\ndata: caf\xc3\xa9\n\n")
    assert [event.data for event in stream.events] == ["caf\ufffd", "caf\u00e9"]
    assert not stream.framing.valid_utf8


def test_a_character_cut_off_by_the_end_of_a_line_does_not_reach_the_next() -> None:
    assert data_of(b"data: \xe2\x82\n\ndata: \xac\n\n") == ["\ufffd", "\ufffd"]


def test_nul_is_a_character() -> None:
    stream = read(b"data: a\x00b\n\n")
    assert [event.data for event in stream.events] == ["a\x00b"]
    assert stream.framing.valid_utf8


@pytest.mark.parametrize("end", ENDS, ids=repr)
@pytest.mark.parametrize("mark", [b"", BOM], ids=["plain", "mark"])
def test_events_lie_side_by_side(mark: bytes, end: str) -> None:
    body = mark + f": ping{end}{end}data: 1{end}{end}id: 7{end}data: 2{end}{end}".encode()
    first, second = read(body).events
    assert body[first.start : first.end] == f"data: 1{end}{end}".encode()
    assert (second.start, second.end) == (first.end, len(body))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: {}", True),
        (b"data:{}", True),
        (b": ping", True),
        (b"event: x", True),
        (b"id: 1", True),
        (b"retry: 1", True),
        (b"\r\n\ndata: {}", True),
        (BOM + b"data: {}", True),
        (b"", False),
        (b'{"data": 1}', False),
        (b"<html>", False),
        (b"database", False),
    ],
)
def test_a_stream_is_known_by_its_first_line(body: bytes, *, expected: bool) -> None:
    assert looks_like_stream(body) is expected


names = st.text(st.characters(exclude_characters="\r\n", codec="utf-8"))
data = st.text(st.characters(exclude_characters="\r", codec="utf-8"))


@given(st.lists(st.tuples(names, data)), st.sampled_from(ENDS), st.sampled_from(["", " "]))
def test_what_was_written_is_read(events: list[tuple[str, str]], end: str, space: str) -> None:
    # Without the space that is dropped, a value cannot begin with one.
    written = [(name.lstrip(" "), "\n".join(line.lstrip(" ") for line in text.split("\n"))) for name, text in events]
    assert [(event.name, event.data) for event in read(encode(written, end, space)).events] == written


@given(st.binary())
def test_any_bytes_can_be_read(body: bytes) -> None:
    stream = read(body)
    assert all(event.start < event.end <= len(body) for event in stream.events)
    assert stream.framing.bom is body.startswith(sse.BOM)


@given(st.lists(st.sampled_from([b"data", b":", b" ", b"\n", b"\r", b"x", b"event", b"\xff"])).map(b"".join))
def test_the_way_lines_end_makes_no_difference(body: bytes) -> None:
    plain = body.replace(b"\r", b"")
    assert data_of(plain) == data_of(plain.replace(b"\n", b"\r\n")) == data_of(plain.replace(b"\n", b"\r"))
