import asyncio
import re
from collections.abc import AsyncGenerator
from random import Random

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.errors import masked
from reference_server.middleware import AnswerErrors, Identify, ReadBody, StopWithClient
from reference_server.middleware.leaving import WATCH_AFTER
from reference_server.state import MemoryStore
from tests.reference_server.asking import CHAT, NOW, Json, app, ask, body, chat, error, post

KEY = "sk-right-0123456789-abcdef"
PREFLIGHT = {"origin": "https://a.example", "access-control-request-method": "POST"}


def with_key(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic abc", KEY])
def test_a_missing_key_is_asked_for(authorization: str) -> None:
    response = post(app(keys=(KEY,)), chat(), {"authorization": authorization} if authorization else {})
    assert (response.status_code, error(response)["code"]) == (401, None)
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", [CHAT, "/v1/models", "/v1/models/gpt-4o", "/v1/nope"])
def test_a_wrong_key_opens_nothing_and_is_not_repeated(path: str) -> None:
    wrong = "sk-wrong-0123456789-abcdef"
    response = ask(app(keys=(KEY,)), "GET", path, with_key(wrong))
    assert (response.status_code, error(response)["code"]) == (401, "invalid_api_key")
    assert wrong not in response.text
    assert "sk-***" in response.text


def test_every_configured_key_opens() -> None:
    server = app(keys=(KEY, "other"))
    assert [post(server, chat(), with_key(key)).status_code for key in (KEY, "other")] == [200, 200]


@pytest.mark.parametrize("key", ["", "short", "x" * 30, "x" * 10_000])
def test_a_masked_key_is_bounded_and_hides(key: str) -> None:
    assert len(masked(key)) <= 31
    assert key[3:-4] not in masked(key) or len(key) <= 7


def test_a_preflight_needs_no_key() -> None:
    response = ask(app(keys=(KEY,)), "OPTIONS", CHAT, PREFLIGHT | {"access-control-request-headers": "authorization"})
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-allow-headers"] == "authorization"
    assert "POST" in response.headers["access-control-allow-methods"]


def test_only_allowed_origins_are_granted() -> None:
    server = app(openai_compatibility={"allowed_origins": ["https://a.example"]})
    granted = ask(server, "GET", "/v1/models", {"origin": "https://a.example"})
    assert granted.headers["access-control-allow-origin"] == "https://a.example"
    for method, headers in (("GET", {}), ("OPTIONS", PREFLIGHT)):
        stranger = ask(server, method, "/v1/models", headers | {"origin": "https://b.example"})
        assert "access-control-allow-origin" not in stranger.headers
        assert "Origin" in stranger.headers["vary"]


def test_errors_reach_browsers_too() -> None:
    assert ask(app(), "GET", "/v1/nope", {"origin": "https://a.example"}).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/v1/models", "/v1/nope", "/healthz"])
def test_every_response_is_identified(path: str) -> None:
    headers = ask(app(), "GET", path).headers
    assert re.fullmatch(r"req_[0-9a-f]{32}", headers["x-request-id"])
    assert headers["openai-processing-ms"].isdecimal()
    assert headers["openai-version"] == "2020-10-01"


def test_json_is_compressed_where_accepted_and_streams_never() -> None:
    long = chat("Count to 900")
    assert post(app(), long, {"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in post(app(), long, {"accept-encoding": "identity"}).headers
    assert "content-encoding" not in post(app(), long | {"stream": True}, {"accept-encoding": "gzip"}).headers


@pytest.mark.parametrize("size", [101, 1000])
def test_a_body_beyond_the_limit_is_refused(size: int) -> None:
    response = ask(app(max_body_bytes=100), "POST", CHAT, content=b"x" * size)
    assert (response.status_code, error(response)["code"]) == (413, "request_too_large")


def test_a_body_of_unknown_length_is_limited_too() -> None:
    async def parts() -> AsyncGenerator[bytes]:
        for _ in range(1000):
            yield b"x" * 100

    assert ask(app(max_body_bytes=1000), "POST", CHAT, content=parts()).status_code == 413


async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("a secret")


def test_a_failure_of_ours_is_told_without_details() -> None:
    response = ask(Identify(AnswerErrors(broken), lambda: NOW, Random(1)), "GET", "/")
    assert (response.status_code, error(response)["type"]) == (500, "server_error")
    assert "secret" not in response.text
    assert response.headers["x-request-id"] in error(response)["message"]


async def broken_halfway(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("a secret")


def test_a_failure_after_the_start_is_raised_on() -> None:
    with pytest.raises(RuntimeError):
        ask(AnswerErrors(broken_halfway), "GET", "/")


def left_in_the_middle(server: ASGIApp, asked: Json) -> list[Message]:
    """What is sent to a client that leaves once the first event, if any, is there."""
    sent: list[Message] = []
    unread: list[Message] = [{"type": "http.request", "body": body(asked)}]

    async def converse() -> None:
        leaving = asyncio.Event()
        asyncio.get_running_loop().call_later(0.02, leaving.set)

        async def receive() -> Message:
            if unread:
                return unread.pop()
            await leaving.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": CHAT, "headers": [], "query_string": b"", "root_path": ""}
        await asyncio.wait_for(server(scope, receive, send), 10)

    asyncio.run(converse())
    return sent


@pytest.mark.parametrize("stream", [True, False])
def test_the_work_stops_when_the_client_leaves(*, stream: bool) -> None:
    slow = {"name": "base", "token_delay": 60}
    server = app(engines=[slow], request_timeout=3600)
    sent = left_in_the_middle(server, chat(stream=stream))
    assert len(sent) == (2 if stream else 0)
    assert 'running{engine="base"} 0' in ask(server, "GET", "/metrics").text


def test_a_cancellation_from_elsewhere_is_not_swallowed() -> None:
    async def endless(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.Event().wait()

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(_message: Message) -> None:
        return

    async def cancel() -> None:
        scope: Json = {"type": "http", "headers": [], "path": "/", "method": "GET"}
        async with asyncio.timeout(0.02):
            await StopWithClient(endless)(scope, never, send)

    with pytest.raises(TimeoutError):
        asyncio.run(cancel())


def test_a_body_is_there_for_who_asks_late(monkeypatch: pytest.MonkeyPatch) -> None:
    get = MemoryStore.get

    async def slowly(store: MemoryStore, kind: str, identifier: str) -> Json | None:
        await asyncio.sleep(10 * WATCH_AFTER)
        return await get(store, kind, identifier)

    monkeypatch.setattr(MemoryStore, "get", slowly)
    server = app()
    path = f"/v1/conversations/{ask(server, 'POST', '/v1/conversations', content=b'{}').json()['id']}"
    renamed = ask(server, "POST", path, content=b'{"metadata":{"a":"b"}}')
    assert renamed.json()["metadata"] == {"a": "b"}


def test_what_is_not_http_passes() -> None:
    seen: list[str] = []

    async def note(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        return

    asyncio.run(AnswerErrors(ReadBody(note, 1))({"type": "lifespan"}, receive, send))
    assert seen == ["lifespan"]
