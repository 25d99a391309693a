"""What an upstream's failures look like to clients."""

import asyncio
import json
import logging
import socket
from typing import Any

import pytest

from reference_server.settings import Timeouts
from tests.probe import hostile
from tests.probe.hostile import Behaviour, Reader, Writer
from tests.reference_server.asking import CHAT, chat, error, events
from tests.reference_server.upstreams import CHUNK, STREAM_HEAD, as_json, event, in_front_of, through

SHORT = 0.05
JSON = b"content-type: application/json"
BEGUN = STREAM_HEAD.replace(b"\r\n\r\n", b"\r\ntransfer-encoding: chunked\r\n\r\n")


def chunked(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


def half_closing(start: bytes) -> Behaviour:
    """Say *start* and that there is no more, and go on listening."""

    async def behave(reader: Reader, writer: Writer) -> None:
        await hostile.asked(reader)
        writer.write(start)
        writer.write_eof()
        await reader.read()

    return behave


@pytest.mark.parametrize("status", [b"401 Unauthorized", b"403 Forbidden"])
def test_our_own_key_is_not_the_clients_fault(status: bytes, caplog: pytest.LogCaptureFixture) -> None:
    refused = {"error": {"message": "Incorrect API key provided: sk-ou**rs", "code": "invalid_api_key"}}
    with caplog.at_level(logging.WARNING):
        response = through(hostile.saying(as_json(refused, status)))
    assert (response.status_code, error(response)["code"]) == (502, "upstream_refused")
    assert "sk-" not in response.text + caplog.text
    assert response.headers["x-should-retry"] == "false"
    assert f"status {status[:3].decode()}" in caplog.text


def test_a_limit_upstream_keeps_its_meaning() -> None:
    told = {"message": "Slow down", "type": "tokens", "param": None, "code": "rate_limit_exceeded"}
    busy = as_json({"error": told}, b"429 Too Many Requests", b"retry-after: 7", b"retry-after-ms: 6500")
    response = through(hostile.saying(busy))
    assert (response.status_code, error(response)) == (429, told)
    assert (response.headers["retry-after"], response.headers["retry-after-ms"]) == ("7", "6500")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>Bad", "The engine answered with status 503."),
        (b"", "The engine answered with status 503."),
        (b'{"error":{"message":"Loading model","type":"unavailable_error","code":503}}', "Loading model"),
        (b'{"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400}', "too long"),
        (b'{"error":"no such route"}', "no such route"),
        (b'{"error":null}', "The engine answered with status 503."),
    ],
)
def test_every_error_has_an_envelope(body: bytes, message: str) -> None:
    response = through(hostile.saying(hostile.answer(body, JSON, status=b"503 Service Unavailable")))
    assert (response.status_code, error(response)["message"], error(response)["code"]) == (503, message, None)


GARBAGE = [
    b"\x16\x03\x01garbage\r\n\r\n",
    b"",
    hostile.answer(b"<html>Welcome", b"content-type: text/html"),
    hostile.answer(b'{"id": NaN}', JSON),
    hostile.answer(b'{"id": "x"', JSON),
    hostile.answer(b"[]", JSON),
    hostile.answer(b'{"id": "x"}', JSON, length=100),
    hostile.answer(b"nothing zipped", JSON, b"content-encoding: gzip"),
    hostile.answer(b"", b"location: http://127.0.0.1:1/", status=b"302 Found"),
    STREAM_HEAD,
    STREAM_HEAD + b"data: nothing\n\n",
    STREAM_HEAD + b"\x00\xff\xfe",
]


@pytest.mark.parametrize("answer", GARBAGE)
@pytest.mark.parametrize("manner", [hostile.saying, half_closing])
def test_garbage_is_an_error_of_the_upstream(answer: bytes, manner: Any) -> None:
    response = through(manner(answer), chat(stream=answer.startswith(STREAM_HEAD)))
    assert (response.status_code, error(response)["code"]) == (502, "upstream_broken")


def test_an_upstream_that_is_not_there() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))

        async def ask() -> tuple[int, Any]:
            async with in_front_of(f"http://127.0.0.1:{reserved.getsockname()[1]}/v1") as client:
                response = await client.post(CHAT, json=chat())
                return response.status_code, error(response)["code"]

        assert asyncio.run(ask()) == (502, "upstream_unreachable")


@pytest.mark.parametrize("status", [b"200 OK", b"500 Oh"])
def test_an_endless_answer_is_left(status: bytes) -> None:
    start = hostile.answer(b"", b"content-type: text/html", status=status, length=2**40)
    response = through(hostile.repeating(start, b"<br>", pause=0.001), timeouts=Timeouts(total=SHORT))
    assert (response.status_code, error(response)["code"]) == (504, "timeout")


@pytest.mark.parametrize("start", [b"", hostile.answer(b'{"id"', JSON, length=100)])
def test_a_hanging_upstream_is_left(start: bytes) -> None:
    response = through(hostile.hanging_after(start), timeouts=Timeouts(total=SHORT))
    assert (response.status_code, error(response)["code"]) == (504, "timeout")


@pytest.mark.parametrize("start", [b"", BEGUN, BEGUN + chunked(b"data: {")])
def test_a_stream_without_a_first_token_is_an_error(start: bytes) -> None:
    patience = Timeouts(first_token=SHORT, idle=SHORT)
    response = through(hostile.hanging_after(start), chat(stream=True), timeouts=patience)
    assert (response.status_code, error(response)["code"]) == (504, "timeout")


BREAKS = {
    "hanging": (hostile.hanging_after(BEGUN + chunked(event(CHUNK))), "timeout"),
    "half-closed": (half_closing(BEGUN + chunked(event(CHUNK))), "upstream_broken"),
    "reset": (hostile.resetting_after(BEGUN + chunked(event(CHUNK))), "upstream_broken"),
    "closed in an event": (hostile.saying(BEGUN + chunked(event(CHUNK) + b'data: {"id')), "upstream_broken"),
    "ended without a [DONE]": (hostile.saying(STREAM_HEAD + event(CHUNK)), "upstream_broken"),
    "garbage": (hostile.saying(STREAM_HEAD + event(CHUNK), b"data: <html>\n\n"), "upstream_broken"),
}


@pytest.mark.parametrize("how", BREAKS)
def test_a_stream_that_breaks_ends_with_an_error_and_never_with_done(how: str) -> None:
    behaviour, code = BREAKS[how]
    response = through(behaviour, chat(stream=True), timeouts=Timeouts(idle=4 * SHORT))
    first, last = map(json.loads, events(response))
    assert first == CHUNK
    assert last["error"]["code"] == code


def test_an_error_in_a_stream_is_its_end() -> None:
    failed = {"error": {"message": "out of memory", "type": "server_error", "param": None, "code": None}}
    response = through(hostile.saying(STREAM_HEAD + event(CHUNK) + event(failed)), chat(stream=True))
    assert [json.loads(data) for data in events(response)] == [CHUNK, failed]


def test_a_response_that_breaks_off_has_failed() -> None:
    created = {"type": "response.created", "sequence_number": 0, "response": {"id": "resp_1", "status": "in_progress"}}
    asked = {"model": "m", "input": "Hello", "stream": True}
    response = through(hostile.saying(STREAM_HEAD + event(created)), asked, "/v1/responses")
    _, told, last = [json.loads(block.split("data: ")[1]) for block in response.text.split("\n\n")[:-1]]
    assert (told["type"], told["code"], told["sequence_number"]) == ("error", "upstream_broken", 1)
    assert (last["type"], last["sequence_number"], last["response"]["status"]) == ("response.failed", 2, "failed")
    assert last["response"]["id"] == "resp_1"


def test_a_file_that_breaks_off_is_cut_off() -> None:
    audio = hostile.answer(b"RIFF", b"content-type: audio/wav", length=100)
    with pytest.raises(Exception, match="no valid answer"):
        through(hostile.saying(audio), {"model": "tts-1", "input": "a", "voice": "alloy"}, "/v1/audio/speech")
