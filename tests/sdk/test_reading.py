"""The official client's own word on captured bytes."""

import base64
import struct
from typing import Any

import pytest

from cozecheck.contract.operations import OPERATIONS
from cozecheck.exchange import Exchange, Failure, FailureKind, Headers, Request, Response
from cozecheck.sdk.client import client
from cozecheck.sdk.reading import MOST_BYTES, MOST_EVENTS, SURVIVES, Reader, _method
from tests.sdk.captured import END, HEAD, answered, chunk, completion, exchange, streamed

READER = Reader()
EMBEDDINGS = "/embeddings"
VECTOR = base64.b64encode(struct.pack("<2f", 0.6, 0.8)).decode()


CUSTOM = chunk({"tool_calls": [{"index": 0, "id": "call_1", "type": "custom", "custom": {"name": "f", "input": ""}}]})


def vectors(value: Any) -> dict[str, Any]:
    item = {"object": "embedding", "index": 0, "embedding": value}
    return {"object": "list", "data": [item], "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}


@pytest.mark.parametrize(
    "survived",
    [
        answered(completion()),
        answered(completion(created="yesterday", usage=...)),
        streamed(HEAD, chunk({"content": "Hello."}), END),
        streamed(HEAD, chunk({}, "length")),
        streamed(HEAD, CUSTOM, chunk({}, "tool_calls"), tools=[{"type": "custom", "custom": {"name": "f"}}]),
        streamed({"error": {"message": "overloaded", "type": "server_error", "param": None, "code": None}}),
        answered(vectors(VECTOR), path=EMBEDDINGS),
        answered(vectors([0.6, 0.8]), path=EMBEDDINGS, encoding_format="float"),
    ],
)
def test_the_client_survives(survived: Exchange) -> None:
    assert READER.word(survived) == SURVIVES


@pytest.mark.parametrize(
    ("raised", "word"),
    [
        (answered(completion(choices=...)), "raises TypeError in chat.completions.create()"),
        (answered(None), "raises AttributeError in chat.completions.create()"),
        (exchange({}, b"{", kind="application/json"), "raises JSONDecodeError in chat.completions.create()"),
        (exchange({}, b"<html>", kind="text/html"), "raises AttributeError in chat.completions.create()"),
        (exchange({"stream": True}, b"{}"), "raises AssertionError in chat.completions.stream()"),
        (
            streamed(HEAD, chunk({"tool_calls": [{"id": "call_1", "function": {"name": "f", "arguments": ""}}]})),
            "raises TypeError in chat.completions.stream()",
        ),
        (
            streamed(HEAD, END, chunk({}, choices=None)),
            "raises TypeError in chat.completions.create(stream=True)",
        ),
        (streamed(HEAD, END, before=b"retry: 3\n\n"), "raises JSONDecodeError in chat.completions.create(stream=True)"),
        (answered({**vectors(VECTOR), "data": []}, path=EMBEDDINGS), "raises ValueError in embeddings.create()"),
        (answered({"object": "response"}, path="/responses"), "raises TypeError in responses.create()"),
    ],
)
def test_the_client_raises(raised: Exchange, word: str) -> None:
    said = READER.word(raised)
    assert said.startswith(word)
    assert "\n" not in said


@pytest.mark.parametrize(
    "unasked",
    [
        exchange({}, b"{}", status=400),
        exchange({}, b"{}", path="/no/such/thing"),
        exchange({"stream": "yes"}, b"{}"),
        exchange({}, b'"' + b"a" * MOST_BYTES + b'"'),
        streamed(*[HEAD] * (MOST_EVENTS + 1)),
        Exchange(Request("POST", "http://server/v1/chat/completions")),
        Exchange(
            Request("POST", "http://server/v1/chat/completions"),
            Response(200, Headers((("content-type", "application/json"),)), b"{"),
            Failure(FailureKind.CUT, "cut"),
        ),
    ],
)
def test_the_client_is_not_asked(unasked: Exchange) -> None:
    assert READER.word(unasked) == ""


def test_a_recording_without_headers_is_read_as_what_it_is() -> None:
    assert READER.word(exchange({}, b'{"choices": []}', kind="")) == SURVIVES


def test_headers_that_no_client_could_send_are_no_trouble() -> None:
    odd = Response(200, Headers((("Content-Type", "application/json"), ("x-name", "Grüße 日本"))), b'{"choices": []}')
    assert READER.word(Exchange(Request("POST", "http://server/v1/chat/completions"), odd)) == SURVIVES


def test_reading_adds_the_word_and_nothing_else() -> None:
    plain = answered(completion())
    read = READER.read(plain)
    assert read.sdk == SURVIVES
    assert (read.request, read.response) == (plain.request, plain.response)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_every_operation_that_we_know_is_one_of_the_client(operation: Any) -> None:
    assert _method(client(lambda _: None), operation.name)  # type: ignore[arg-type,return-value]
