import asyncio
import re
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.middleware import Identify
from reference_server.observed import Observed
from tests.reference_server.asking import app, ask, chat, post

OWN = re.compile(r"req_[0-9a-f]{32}")


def through(inner: ASGIApp, *headers: tuple[bytes, bytes], path: str = "/v1/models") -> tuple[Observed, dict[str, str]]:
    """The record of a request to an app, and the headers of its answer."""
    records: list[Observed] = []
    sent: list[Message] = []
    moments = iter(range(100))

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    identify = Identify(inner, lambda: float(next(moments)), Random(1), "/v1", [records.append])
    scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers)}
    with suppress(RuntimeError):
        asyncio.run(identify(scope, receive, send))
    answered = sent[0]["headers"] if sent else []
    return records[0], {name.decode(): value.decode() for name, value in answered}


def answering(**notes: Any) -> ASGIApp:
    """An app that notes something and answers."""

    async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
        for name, value in notes.items():
            setattr(scope["observed"], name, value)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    return answer


@pytest.mark.parametrize("given", ["a", "A-z_0.9:", "x" * 128])
def test_a_valid_id_is_kept(given: str) -> None:
    seen, headers = through(answering(), (b"x-request-id", given.encode()))
    assert seen.request_id == headers["x-request-id"] == given


@pytest.mark.parametrize("given", [b"", b"a b", b"x" * 129, b"a\r\nb: c", "é".encode(), b'"'])
def test_any_other_id_is_replaced(given: bytes) -> None:
    assert OWN.fullmatch(through(answering(), (b"x-request-id", given))[1]["x-request-id"])


def test_the_record_tells_how_it_went() -> None:
    seen, headers = through(answering(), (b"traceparent", b"00-1-2-01"))
    assert (seen.began, seen.first_byte, seen.ended, seen.status) == (0.0, 1.0, 2.0, 200)
    assert (seen.operation, seen.trace, seen.error, seen.client_left) == ("/models", "00-1-2-01", None, False)
    assert (headers["openai-processing-ms"], headers["openai-version"]) == ("1000", "2020-10-01")


def test_what_is_beside_the_api_is_no_operation() -> None:
    assert through(answering(), path="/metrics")[0].operation == ""
    assert through(answering(), path="/v10/models")[0].operation == ""


def test_headers_tell_what_the_adapter_did() -> None:
    notes = {"engine": "base", "route": "gpt-.*", "attempts": 2, "overflow": "load", "cache": "hit"}
    headers = through(answering(**notes, dropped=["logit_bias", "n"]))[1]
    assert {name.removeprefix("x-adapter-"): value for name, value in headers.items() if name.startswith("x-a")} == {
        "engine": "base",
        "route": "gpt-.*",
        "attempts": "2",
        "overflow": "load",
        "dropped-params": "logit_bias, n",
    }
    assert headers["x-cache"] == "HIT"


def test_what_is_not_known_has_no_header() -> None:
    assert not [name for name in through(answering())[1] if name.startswith(("x-adapter", "x-cache"))]


def test_no_header_is_broken_by_a_name() -> None:
    headers = through(answering(engine="é\r\nx-evil: 1", dropped=["x" * 10_000]))[1]
    assert headers["x-adapter-engine"] == "???x-evil: 1"
    assert len(headers["x-adapter-dropped-params"]) == 1024


async def half(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    await half(scope, receive, send)
    raise RuntimeError("a secret")


def test_a_client_that_left_and_a_failure_are_told_apart() -> None:
    left, failed = through(half)[0], through(failing)[0]
    assert (left.client_left, left.error) == (True, None)
    assert (failed.client_left, failed.error) == (False, "RuntimeError")


def test_an_observer_that_fails_spoils_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_seen: Observed) -> None:
        raise ValueError

    seen: list[Observed] = []
    answer = ask(Identify(answering(), lambda: 0.0, Random(1), "", [broken, seen.append]), "GET", "/")
    assert (answer.status_code, len(seen)) == (200, 1)
    assert "could not be observed" in caplog.text


def test_the_server_says_which_engine_answered_by_which_route() -> None:
    headers = post(app(), chat(), {"x-request-id": "mine-1"}).headers
    assert headers["x-request-id"] == "mine-1"
    assert (headers["x-adapter-engine"], headers["x-adapter-attempts"]) == ("base", "1")
    assert re.fullmatch(headers["x-adapter-route"], "gpt-4o-mini")
