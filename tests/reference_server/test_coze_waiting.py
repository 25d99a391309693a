"""Patience with Coze: first words, silence, clients that leave, chats at once."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import pytest
from starlette.responses import Response

from reference_server.settings import Timeouts
from tests.reference_server.asking import body, chat, error, events
from tests.reference_server.coze_asking import ask, in_front_of, said
from tests.reference_server.coze_rules import Dialect
from tests.reference_server.fake_coze import FakeCoze, Telling, written
from tests.reference_server.visitors import until

DIALECTS: tuple[Dialect, ...] = ("cloud", "studio")


def hanging(fake: FakeCoze, first: bytes) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield first
        await asyncio.Event().wait()

    return Telling(pieces(), fake.closed, {})


def slow(fake: FakeCoze) -> Response:
    """A chat that takes more than a second to say its first word, and as long to say its last."""

    async def pieces() -> AsyncIterator[bytes]:
        yield CREATED
        for event in (WORD, COMPLETED):
            for _ in range(13):
                yield written("PING", "")
                await asyncio.sleep(0.1)
            yield event

    return Telling(pieces(), fake.closed, {})


IDS = {"id": "7380000000000000000", "conversation_id": "7381000000000000000"}
CREATED = written("conversation.chat.created", {**IDS, "status": "created"})
COMPLETED = written("conversation.chat.completed", {**IDS, "status": "completed"})
WORD = written("conversation.message.delta", {"id": "1", "type": "answer", "content": "Hel"})
LATE = Timeouts(connect=5, first_token=0.3, idle=30, total=0.3)
SILENT = Timeouts(connect=5, first_token=30, idle=0.3, total=30)


@pytest.mark.parametrize("streams", [False, True])
def test_silence_before_the_first_word_ends_in_time_and_the_chat_is_cancelled(*, streams: bool) -> None:
    fake = FakeCoze("cloud")
    fake.failing = hanging(fake, CREATED)
    with in_front_of(fake, timeouts=LATE) as client:
        response = client.post("/chat/completions", json=chat(stream=streams))
        assert (response.status_code, error(response)["code"]) == (504, "timeout")
        until(lambda: fake.closed.is_set() and len(fake.cancelled) == 1)


def test_silence_in_the_midst_of_an_answer_ends_in_time_and_the_chat_is_cancelled() -> None:
    fake = FakeCoze("cloud")
    fake.failing = hanging(fake, CREATED + WORD)
    with in_front_of(fake, timeouts=SILENT) as client:
        whole = client.post("/chat/completions", json=chat())
        until(lambda: fake.closed.is_set() and len(fake.cancelled) == 1)
        fake.failing = hanging(fake, CREATED + WORD)
        *_, last_event = events(client.post("/chat/completions", json=chat(stream=True)))
        until(lambda: len(fake.cancelled) == 2)
    assert (whole.status_code, error(whole)["code"]) == (504, "timeout")
    assert json.loads(last_event)["error"]["code"] == "timeout"


@pytest.mark.parametrize("streams", [False, True])
def test_a_first_word_may_be_late_and_pings_are_no_silence(*, streams: bool) -> None:
    fake, patience = FakeCoze("cloud"), Timeouts(connect=5, first_token=30, idle=1, total=30)
    fake.failing = slow(fake)
    response = ask(fake, chat(stream=streams), timeouts=patience)
    assert "Hel" in response.text
    assert "error" not in response.text


def test_no_stream_is_too_long() -> None:
    brief = Timeouts(connect=5, first_token=30, idle=30, total=1)
    fake = FakeCoze("cloud")
    with in_front_of(fake, timeouts=brief) as client:
        fake.failing = slow(fake)
        *_, last_event = events(client.post("/chat/completions", json=chat(stream=True)))
        assert last_event == "[DONE]"
        fake.failing = slow(fake)
        assert client.post("/chat/completions", json=chat()).status_code == 504


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("streams", [False, True])
def test_a_client_that_leaves_closes_the_stream_and_cancels_the_chat(dialect: Dialect, *, streams: bool) -> None:
    fake = FakeCoze(dialect)
    asked = body(chat("Count to 9000", stream=streams))
    with in_front_of(fake) as client:
        with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as leaver:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: {len(asked)}\r\n\r\n"
            leaver.sendall(head.encode() + asked)
            # The chat is known by its first event.
            until(lambda: fake.told > 100)
        until(lambda: fake.closed.is_set() and len(fake.cancelled) == 1)
    run = fake.runs[0]
    assert fake.cancelled == [{"conversation_id": run.conversation, "chat_id": run.id}]


def test_a_chat_that_has_ended_is_not_cancelled() -> None:
    fake = FakeCoze("cloud")
    with in_front_of(fake) as client:
        said(client.post("/chat/completions", json=chat()))
    assert fake.cancelled == []


def test_no_more_than_so_many_chats_run_at_once() -> None:
    asked = chat("Count to 9000", stream=True)
    with (
        in_front_of(FakeCoze("cloud"), max_concurrent=1, queue=0) as client,
        client.stream("POST", "/chat/completions", json=asked) as held,
    ):
        pieces = held.iter_raw()  # held: when the iterator goes, so does the connection
        next(pieces)
        response = client.post("/chat/completions", json=chat())
    assert (response.status_code, error(response)["code"]) == (503, "engine_overloaded")
