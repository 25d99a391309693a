"""A server whose engine is another server: the same answers, under the client's names."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from cozecheck.findings import Outcome
from cozecheck.probe import Endpoint
from reference_server.app import create_app
from reference_server.settings import Key, Model, OpenAIEngine, Route, Settings, SyntheticEngine
from tests import reference, suite
from tests.probe import hostile
from tests.probe.hostile import Reader, Writer
from tests.reference_server import wire
from tests.reference_server.asking import CHAT, chat, chunks, error
from tests.reference_server.upstreams import (
    CHUNK,
    DONE,
    STREAM_HEAD,
    Listening,
    as_json,
    event,
    in_front_of,
    settings,
    through,
)
from tests.servers import running

ALIAS = (Route(pattern="bot-(.*)", model=r"llama-\1", max_tokens=100),)


def test_the_whole_suite_passes_through_an_upstream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPSTREAM_KEY", reference.KEY)
    with running(create_app(reference.settings())) as upstream:
        engine = OpenAIEngine(name="base", type="openai", base_url=upstream, api_key_env="UPSTREAM_KEY")
        keys = (Key(value=SecretStr("sk-clients-own")),)
        with running(create_app(Settings(engines=(engine,), keys=keys))) as base_url:
            report = asyncio.run(suite.judge_at(Endpoint(base_url, "sk-clients-own"), order=random.Random(1)))
    assert [each for each in report.findings if each.outcome is Outcome.FAIL] == []
    assert (report.exit_code, report.notes) == (0, ())


def test_what_has_its_own_name_passes_byte_by_byte() -> None:
    body = b'{"model": "gpt-4o-mini",  "new": [1.10, null], "usage": {"x": 1e3}}'
    upstream = Listening(hostile.answer(body, b"content-type: application/json"))
    asked = chat(unheard_of={"a": [1.0]})
    assert through(upstream, asked).content == body
    assert json.loads(upstream.body) == asked


def test_a_model_is_asked_by_the_name_of_the_engine_and_answers_by_the_clients() -> None:
    upstream = Listening(as_json({"id": "x", "model": "llama-7b-q4", "new": 1}))
    response = through(upstream, chat(model="bot-7b"), routes=ALIAS)
    assert json.loads(upstream.body)["model"] == "llama-7b"
    assert response.json() == {"id": "x", "model": "bot-7b", "new": 1}


def test_numbers_beyond_all_bounds_are_nobodys_fault_but_the_senders() -> None:
    infinite = b'{"model": "bot-7b", "x": 1e999}'
    upstream = Listening(hostile.answer(infinite, b"content-type: application/json"))
    assert through(upstream, chat(model="bot-7b"), routes=ALIAS).status_code == 200
    assert through(upstream, chat(model="bot-8b"), routes=ALIAS).status_code == 502
    asked = wire.Ask("POST", CHAT, infinite, {})
    assert asyncio.run(wire.ask(create_app(settings("http://127.0.0.1:9/v1", routes=ALIAS)), asked)).status == 400


def test_every_chunk_has_the_clients_name() -> None:
    upstream = Listening(STREAM_HEAD + 2 * event(CHUNK) + event(CHUNK | {"choices": [], "usage": {"a": 1}}) + DONE)
    seen = list(chunks(through(upstream, chat(model="bot-7b", stream=True), routes=ALIAS)))
    assert [chunk["model"] for chunk in seen] == ["bot-7b"] * 3
    assert seen[-1]["usage"] == {"a": 1}


def test_the_response_in_an_event_has_the_clients_name() -> None:
    ended = {"type": "response.completed", "sequence_number": 0, "response": {"id": "resp_1", "model": "llama-7b"}}
    upstream = Listening(STREAM_HEAD + b"event: response.completed\n" + event(ended))
    asked = {"model": "bot-7b", "input": "Hello", "stream": True}
    text = through(upstream, asked, "/v1/responses", routes=ALIAS).text
    assert text.startswith("event: response.completed\ndata: ")
    assert json.loads(text.split("data: ")[1])["response"] == {"id": "resp_1", "model": "bot-7b"}


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({}, {"max_completion_tokens": 100}),
        ({"max_tokens": 7}, {"max_tokens": 7}),
        ({"max_tokens": 700}, {"max_tokens": 100}),
    ],
)
def test_a_route_bounds_answers(asked: dict[str, int], sent: dict[str, int]) -> None:
    upstream = Listening(as_json({}))
    through(upstream, chat(model="bot-7b", **asked), routes=ALIAS)
    assert json.loads(upstream.body) == chat(model="llama-7b", **sent)


def test_engines_here_and_elsewhere_share_the_models() -> None:
    upstream = Listening(as_json({"object": "list", "data": []}))

    async def ask(path: str, **asked: Any) -> httpx2.Response:
        async with hostile.serving(upstream) as base_url:
            there = OpenAIEngine(name="there", type="openai", base_url=base_url)
            routes = (Route(pattern="far-.*", engine="there"), Route(pattern="near"))
            engines = (SyntheticEngine(name="base"), there)
            server = create_app(Settings(engines=engines, routes=routes, health_check=None))
            transport = httpx2.ASGITransport(app=server)
            async with httpx2.AsyncClient(transport=transport, base_url="http://server/v1") as client:
                response = await client.post(path, json=asked)
            await server.close()
            return response

    near = asyncio.run(ask("/chat/completions", **chat(model="near")))
    assert (near.json()["object"], upstream.head) == ("chat.completion", b"")
    assert asyncio.run(ask("/chat/completions", **chat(model="unheard-of"))).status_code == 404
    assert asyncio.run(ask("/conversations")).json()["object"] == "conversation"
    assert upstream.head == b""
    asyncio.run(ask("/embeddings", model="far-embedding", input="Hello"))
    assert upstream.head.startswith(b"POST /v1/embeddings ")


def test_upstreams_are_asked_over_http_2_if_they_should() -> None:
    with running(create_app(Settings())) as upstream:

        async def ask() -> list[httpx2.Response]:
            async with in_front_of(upstream, http2=True) as client:
                asked = [chat(), chat(stream=True), chat(n=0)]
                return await asyncio.gather(*(client.post(CHAT, json=each) for each in asked))

        assert [response.status_code for response in asyncio.run(ask())] == [200, 200, 400]


def test_an_unknown_model_is_refused_here() -> None:
    upstream = Listening(as_json({}))
    for path in ("chat/completions", "embeddings", "moderations"):
        response = through(upstream, chat(), f"/v1/{path}", routes=ALIAS)
        assert (response.status_code, error(response)["code"]) == (404, "model_not_found")
    assert upstream.head == b""


def test_the_key_is_ours_and_nothing_else_of_the_clients_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_KEY", "sk-ours")
    upstream = Listening(as_json({}, b"200 OK", b"x-request-id: req_theirs", b"set-cookie: a=b", b"x-powered-by: z"))
    secret = {"authorization": "Bearer sk-clients", "cookie": "a=b", "openai-organization": "o", "x-user": "me"}
    kept = {"idempotency-key": "i", "traceparent": "00-1"}
    response = through(upstream, headers=secret | kept, api_key_env="OUR_KEY")
    sent = upstream.headers
    assert sent["authorization"] == "bearer sk-ours"
    assert {"cookie", "openai-organization", "x-user"}.isdisjoint(sent)
    assert {name: sent[name] for name in kept} == kept
    assert sent["x-request-id"] == response.headers["x-request-id"]
    assert response.headers["x-upstream-request-id"] == "req_theirs"
    assert {"set-cookie", "x-powered-by", "transfer-encoding"}.isdisjoint(response.headers)


def test_a_list_of_models_that_is_configured_is_shown() -> None:
    upstream = Listening(as_json({"object": "list", "data": [], "theirs": True}))

    async def shown(**configured: Any) -> Any:
        async with hostile.serving(upstream) as base_url:
            server = create_app(Settings(engines=settings(base_url).engines, **configured))
            answer = await wire.ask(server, wire.Ask("GET", "/v1/models"))
            await server.close()
            return json.loads(answer.body)

    assert asyncio.run(shown())["theirs"]
    assert [model["id"] for model in asyncio.run(shown(models=(Model(id="m"),)))["data"]] == ["m"]


def test_strange_headers_and_queries_pass() -> None:
    upstream = Listening(as_json({}))
    response = through(upstream, path=f"{CHAT}?a=%C3%BC&b=%zz&c=[]", headers={"idempotency-key": b"\xfc"})
    assert response.status_code == 200
    assert b"\xfc" in upstream.head
    assert b"?a=%C3%BC&b=%" in upstream.head


def test_without_a_key_none_is_brought() -> None:
    upstream = Listening(as_json({}))
    through(upstream, headers={"authorization": "Bearer sk-clients"})
    assert "authorization" not in upstream.headers


@pytest.mark.parametrize("path", ["/v1/files/..", "/v1/files/../content", "/v1/models/../../admin"])
def test_no_path_leads_out_of_the_api(path: str) -> None:
    upstream = Listening(as_json({}))

    async def get() -> int:
        async with hostile.serving(upstream) as base_url:
            server = create_app(settings(base_url))
            answer = await wire.ask(server, wire.Ask("GET", path))
            await server.close()
            return answer.status

    assert asyncio.run(get()) == 404
    assert upstream.head == b""


def test_events_arrive_one_by_one() -> None:
    heard = asyncio.Event()

    async def step_by_step(reader: Reader, writer: Writer) -> None:
        await hostile.asked(reader)
        writer.write(STREAM_HEAD + event(CHUNK))
        await heard.wait()
        writer.write(event(CHUNK) + DONE)

    async def ask(base_url: str) -> AsyncIterator[bytes]:
        asked: dict[str, Any] = {"method": "POST", "url": f"{base_url}/chat/completions", "json": chat(stream=True)}
        async with httpx2.AsyncClient(timeout=30) as client, client.stream(**asked) as response:
            async for piece in response.aiter_raw():
                heard.set()
                yield piece

    async def hear() -> bytes:
        async with hostile.serving(step_by_step) as upstream:
            with running(create_app(settings(upstream))) as base_url:
                return b"".join([piece async for piece in ask(base_url)])

    assert asyncio.run(hear()) == 2 * event(CHUNK) + DONE


@pytest.mark.parametrize("streams", [True, False])
def test_a_client_that_leaves_ends_the_request_upstream(*, streams: bool) -> None:
    asked_for, closed = asyncio.Event(), asyncio.Event()

    async def until_closed(reader: Reader, writer: Writer) -> None:
        await hostile.asked(reader)
        writer.write(STREAM_HEAD + event(CHUNK) if streams else b"")
        asked_for.set()
        with suppress(ConnectionError):
            await reader.read()
        closed.set()

    async def ask() -> None:
        async with hostile.serving(until_closed) as upstream:
            with running(create_app(settings(upstream))) as base_url:
                await leave(base_url)
                await asyncio.wait_for(closed.wait(), 10)

    async def leave(base_url: str) -> None:
        address = httpx2.URL(base_url)
        _, writer = await asyncio.open_connection(address.host, address.port)
        body = json.dumps(chat(stream=streams)).encode()
        writer.write(b"POST %s HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n%s" % (CHAT.encode(), len(body), body))
        await asked_for.wait()
        writer.close()

    asyncio.run(ask())


def test_connections_are_used_again() -> None:
    ports: list[object] = []

    async def keep(reader: Reader, writer: Writer) -> None:
        while True:
            await hostile.asked(reader)
            ports.append(writer.get_extra_info("peername"))
            writer.write(as_json({}))

    async def ask() -> None:
        async with hostile.serving(keep) as base_url, in_front_of(base_url) as client:
            for _ in range(3):
                await client.post(CHAT, json=chat())

    asyncio.run(ask())
    assert len(ports) == 3
    assert all(one == other for one, other in pairwise(ports))
