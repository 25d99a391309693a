"""The server as real clients see it, over a socket."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from starlette.types import Receive, Scope, Send

from tests.reference_server.asking import app, chat
from tests.servers import running

MODEL = "gpt-4o-mini"


@contextmanager
def client() -> Iterator[OpenAI]:
    with running(app()) as base, OpenAI(base_url=base, api_key="sk-any", max_retries=0) as made:
        yield made


def test_openai_python_gets_an_answer() -> None:
    with client() as openai_client:
        answer = openai_client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "Count to 3"}]
        )
    assert answer.choices[0].message.content == "1, 2, 3"
    assert answer._request_id


def test_openai_python_follows_a_stream() -> None:
    with (
        client() as openai_client,
        openai_client.chat.completions.stream(
            model=MODEL, messages=[{"role": "user", "content": "Say exactly: \U0001f469\u200d\U0001f467 \u4f60\u597d"}]
        ) as stream,
    ):
        assert stream.get_final_completion().choices[0].message.content == "\U0001f469\u200d\U0001f467 \u4f60\u597d"


def test_many_answers_at_once_are_not_mixed_up() -> None:
    async def ask_all(base: str) -> list[str | None]:
        async with AsyncOpenAI(base_url=base, api_key="sk-any") as made:
            asked = [
                made.chat.completions.create(
                    model=MODEL, messages=[{"role": "user", "content": f"Repeat exactly: {number}"}]
                )
                for number in range(30)
            ]
            return [answer.choices[0].message.content for answer in await asyncio.gather(*asked)]

    with running(app()) as base:
        assert asyncio.run(ask_all(base)) == [str(number) for number in range(30)]


def test_openai_python_knows_our_errors() -> None:
    with client() as openai_client, pytest.raises(openai.NotFoundError) as caught:
        openai_client.chat.completions.create(model="nope", messages=[{"role": "user", "content": "hi"}])
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize("http2", [False, True])
def test_both_versions_of_http_are_spoken(*, http2: bool) -> None:
    with running(app()) as base, httpx2.Client(http1=not http2, http2=http2) as plain:
        response = plain.post(f"{base}/chat/completions", json=chat(stream=True))
    assert response.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
    assert response.text.endswith("data: [DONE]\n\n")


def running_now(plain: httpx2.Client, base: str) -> float:
    samples = plain.get(base.replace("/v1", "/metrics")).text.splitlines()
    gauge = next(line for line in samples if line.startswith("coze_adapter_num_requests_running"))
    return float(gauge.split()[-1])


@pytest.mark.parametrize("http2", [False, True])
def test_a_client_that_leaves_stops_the_work(*, http2: bool) -> None:
    slow = app(engines=[{"name": "base", "token_delay": 60}])
    with running(slow) as base, httpx2.Client() as other:
        with (
            httpx2.Client(http1=not http2, http2=http2) as leaver,
            leaver.stream("POST", f"{base}/chat/completions", json=chat(stream=True)) as response,
        ):
            pieces = response.iter_raw()  # held: when the iterator goes, so does the connection
            next(pieces)
            assert running_now(other, base) == 1
        deadline = time.monotonic() + 5
        while running_now(other, base) != 0 and time.monotonic() < deadline:
            time.sleep(0.005)
        assert running_now(other, base) == 0


@pytest.mark.parametrize("headers", [[], [(b"content-length", b"100")]])
def test_an_app_that_fails_in_mid_body_has_its_connection_cut(headers: list[tuple[bytes, bytes]]) -> None:
    async def broken(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise RuntimeError

    with running(broken) as base, pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(base)


def test_a_server_that_hangs_is_stopped_nonetheless() -> None:
    async def hanging(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.Event().wait()

    with running(hanging) as base:
        host, port = base.removeprefix("http://").removesuffix("/v1").split(":")
        caller = socket.create_connection((host, int(port)))
        caller.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
    caller.close()
