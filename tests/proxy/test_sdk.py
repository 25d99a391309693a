"""The official client through the proxy, in front of the reference server: as ever, and recorded."""

import asyncio
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from reference_server.app import create_app
from tests import suite
from tests.proxy.proxies import Kept, proxying
from tests.reference import KEY, settings
from tests.servers import running

ASKED: dict[str, Any] = {"model": suite.MODEL, "messages": [{"role": "user", "content": "Say hello."}]}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running(create_app(settings())) as base_url:
        yield base_url


@pytest.fixture
def kept(server: str) -> Iterator[Kept]:
    with proxying(server) as proxy:
        yield proxy


@pytest.fixture
def client(kept: Kept) -> Iterator[OpenAI]:
    with OpenAI(base_url=kept.base_url, api_key=KEY, max_retries=0) as client:
        yield client


def test_an_answer(client: OpenAI, kept: Kept, server: str) -> None:
    answer = client.chat.completions.create(**ASKED)
    recording = kept.next()
    exchange, response = recording.exchange, recording.exchange.response
    assert response is not None
    assert exchange.request.url == f"{server}/chat/completions"
    assert exchange.request.json == ASKED
    assert response.json["id"] == answer.id
    assert (response.status, response.http_version, exchange.failure, exchange.left) == (200, "HTTP/1.1", None, False)
    assert sum(read.size for read in response.reads) == len(response.body)
    assert recording.at is not None
    assert recording.provenance.startswith("recorded from 127.0.0.1:")


def test_a_stream_with_its_arrival_times(client: OpenAI, kept: Kept) -> None:
    chunks = list(client.chat.completions.create(**ASKED, stream=True))
    response = kept.next().exchange.response
    assert response is not None
    assert len(response.stream.events) == len(chunks) + 1
    assert len(response.reads) > 3
    times = [read.at for read in response.reads]
    assert times == sorted(times)


def test_an_upload_and_its_content(client: OpenAI, kept: Kept) -> None:
    content = bytes(range(256)) * 1000
    file = client.files.create(file=("bytes.bin", content), purpose="user_data")
    assert content in kept.next().exchange.request.body
    client.files.retrieve(file.id)
    assert kept.next().exchange.request.method == "GET"


def test_audio_comes_as_it_is(client: OpenAI, kept: Kept) -> None:
    audio = client.audio.speech.create(model="tts-1", voice="alloy", input="Hello.").content
    response = kept.next().exchange.response
    assert response is not None
    assert response.content == audio


def test_an_error(client: OpenAI, kept: Kept) -> None:
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such-model")
    response = kept.next().exchange.response
    assert response is not None
    assert (response.status, response.json["error"]["code"]) == (404, "model_not_found")


def test_a_stream_that_the_app_leaves(client: OpenAI, kept: Kept) -> None:
    stream = client.chat.completions.create(**ASKED, stream=True)
    next(iter(stream))
    stream.close()
    exchange = kept.next().exchange
    assert exchange.left
    assert exchange.response is not None
    assert exchange.response.stream.events


def test_an_answer_that_is_cut() -> None:
    with running(create_app(settings(), flaw="reset-midway")) as server, proxying(server) as kept:
        client = OpenAI(base_url=kept.base_url, api_key=KEY, max_retries=0)
        with client, pytest.raises(openai.APIConnectionError):
            client.chat.completions.create(**ASKED, user="somebody")
        exchange = kept.next().exchange
    assert exchange.failure is not None
    assert exchange.failure.kind == "cut"
    assert exchange.response is not None
    assert exchange.response.body


def test_fifty_at_once(kept: Kept) -> None:
    async def all_at_once() -> None:
        async with AsyncOpenAI(base_url=kept.base_url, api_key=KEY, max_retries=0) as client:
            await asyncio.gather(*(whole(client, number) for number in range(50)))

    async def whole(client: AsyncOpenAI, number: int) -> None:
        stream = await client.chat.completions.create(**ASKED, stream=True, user=str(number))
        assert [chunk async for chunk in stream][-1].choices[0].finish_reason

    asyncio.run(all_at_once())
    exchanges = [kept.next().exchange for _ in range(50)]
    assert {each.request.json["user"] for each in exchanges} == {str(number) for number in range(50)}
    assert all(each.response and each.response.stream.events[-1].data == "[DONE]" for each in exchanges)


def test_what_is_kept_stands_before_every_check(client: OpenAI, kept: Kept) -> None:
    client.chat.completions.create(**ASKED)
    list(client.chat.completions.create(**ASKED, stream=True))
    client.embeddings.create(model="text-embedding-3-small", input="hello")
    bench = Bench(ALL)
    for _ in range(3):
        bench.judge(kept.next().exchange)
    assert bench.departures == []
