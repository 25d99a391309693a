"""The pure parts of passing on: forms, bounds, blocks of a stream."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.formatting.relayed_events import Blocks
from reference_server.protocol.relayed_request import caps, parse_relayed

EOL = st.sampled_from([b"\n", b"\r\n"])
FORM = "multipart/form-data; boundary=x-1"
BODY = (
    b'--x-1\r\nContent-Disposition: form-data; name="file"; filename="model"\r\n\r\nname="model"\r\n\r\n\x00\r\n'
    b'--x-1\r\nContent-Disposition: form-data; name="model"\r\n\r\nbot\r\n--x-1--\r\n'
)


def test_the_model_of_a_form_is_replaced_and_nothing_else() -> None:
    form = parse_relayed(FORM, BODY)
    assert form.model == "bot"
    assert form.asking("whisper-1", {}).body == BODY.replace(b"bot", b"whisper-1")
    assert form.asking("bot", {}).body == BODY


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=y", FORM + "2"])
def test_a_form_that_is_none_names_no_model(content_type: str) -> None:
    assert parse_relayed(content_type, BODY).model is None


@given(st.binary(max_size=80), st.sampled_from([FORM, "multipart/form-data; boundary=-"]))
def test_no_form_is_too_strange(body: bytes, content_type: str) -> None:
    assert parse_relayed(content_type, b"--" + body).fields is None


def test_a_body_that_does_not_change_is_passed_as_it_came() -> None:
    body = b'{ "model":"a" , "x":1.0}'
    assert parse_relayed("", body).asking("a", {}).body is body


def test_what_has_no_bound_is_not_bounded() -> None:
    assert caps("/embeddings", {}, 5) == {}
    assert caps("/responses", {}, None) == {}
    assert caps("/responses", {"max_output_tokens": 9}, 5) == {"max_output_tokens": 5}


@given(st.lists(st.binary(min_size=1).filter(lambda text: not set(text) & set(b"\r\n")), max_size=5), EOL, st.data())
def test_blocks_do_not_depend_on_how_the_pieces_fall(lines: list[bytes], eol: bytes, data: st.DataObject) -> None:
    blocks = [line + 2 * eol for line in lines]
    stream = b"".join(blocks)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)) | {0, len(stream)})
    reading = Blocks()
    assert [block for start, end in pairwise(cuts) for block in reading.feed(stream[start:end])] == blocks
