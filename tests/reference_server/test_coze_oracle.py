"""The official client of Coze against the Coze of our tests: whether it is one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.reference_server.fake_coze import BOT, KEY, FakeCoze
from tests.servers import running

cozepy = pytest.importorskip("cozepy", reason="cozepy is not installed: python -m pip install cozepy")


def asking(text: str) -> dict[str, Any]:
    return {"bot_id": BOT, "user_id": "u", "additional_messages": [cozepy.Message.build_user_question_text(text)]}


@contextmanager
def client(fake: FakeCoze, key: str = KEY) -> Iterator[Any]:
    with running(fake.app) as there, cozepy.SyncHTTPClient() as http:
        yield cozepy.Coze(auth=cozepy.TokenAuth(key), base_url=there.removesuffix("/v1"), http_client=http)


def test_it_follows_a_stream_of_the_cloud() -> None:
    with client(FakeCoze("cloud")) as made:
        events = list(made.chat.stream(**asking("Count to 3")))
    kinds = [event.event for event in events]
    assert kinds[:2] == [
        cozepy.ChatEventType.CONVERSATION_CHAT_CREATED,
        cozepy.ChatEventType.CONVERSATION_CHAT_IN_PROGRESS,
    ]
    assert kinds[-1] == cozepy.ChatEventType.CONVERSATION_CHAT_COMPLETED
    pieces = [event.message.content for event in events if event.event == "conversation.message.delta"]
    assert "".join(pieces) == "1, 2, 3"
    assert events[-1].chat.usage.output_count == 7


def test_it_polls_the_cloud() -> None:
    with client(FakeCoze("cloud")) as made:
        polled = made.chat.create_and_poll(**asking("Count to 3"))
    assert polled.chat.status == cozepy.ChatStatus.COMPLETED
    assert [each.content for each in polled.messages if each.type == cozepy.MessageType.ANSWER] == ["1, 2, 3"]
    assert polled.chat.usage.token_count > 7


def test_it_submits_results_to_the_cloud() -> None:
    with client(FakeCoze("cloud")) as made:
        (waiting,) = (
            event.chat
            for event in made.chat.stream(**asking("Please get_weather"))
            if event.event == cozepy.ChatEventType.CONVERSATION_CHAT_REQUIRES_ACTION
        )
        call = waiting.required_action.submit_tool_outputs.tool_calls[0]
        outputs = [cozepy.ToolOutput(tool_call_id=call.id, output="Sunny")]
        ids = {"conversation_id": waiting.conversation_id, "chat_id": waiting.id}
        again = list(made.chat.submit_tool_outputs(**ids, tool_outputs=outputs, stream=True))
    said = [each.message.content for each in again if each.event == cozepy.ChatEventType.CONVERSATION_MESSAGE_DELTA]
    assert "".join(said) == "The tools say: Sunny"


def test_it_uploads_and_cancels_and_is_told_of_errors() -> None:
    with client(FakeCoze("cloud")) as made:
        assert made.files.upload(file=("a.txt", b"Hi")).file_name == "a.txt"
        chat = made.chat.create(**asking("Count to 3"))
        stopped = made.chat.cancel(conversation_id=chat.conversation_id, chat_id=chat.id)
        assert stopped.status == cozepy.ChatStatus.CANCELED
    with client(FakeCoze("cloud"), "pat_wrong") as made, pytest.raises(cozepy.CozeAPIError) as caught:
        made.chat.create(**asking("Count to 3"))
    assert (caught.value.code, caught.value.logid) == (4100, "log-1")


def test_the_cloud_can_be_asked_asynchronously() -> None:
    async def follow(there: str) -> str:
        async with cozepy.AsyncHTTPClient() as http:
            auth = cozepy.AsyncTokenAuth(KEY)
            made = cozepy.AsyncCoze(auth=auth, base_url=there.removesuffix("/v1"), http_client=http)
            stream = made.chat.stream(**asking("Count to 3"))
            said = [each.message.content async for each in stream if each.event == "conversation.message.delta"]
        return "".join(said)

    with running(FakeCoze("cloud").app) as there:
        assert asyncio.run(follow(there)) == "1, 2, 3"


def test_studio_is_another_server_to_it() -> None:
    with client(FakeCoze("studio")) as made:
        *_, last = made.chat.stream(**asking("Count to 3"))
        assert last.event == cozepy.ChatEventType.UNKNOWN
        created = made.chat.create(**asking("Count to 3"))
        assert created.status == cozepy.ChatStatus.CREATED
        with pytest.raises(cozepy.CozeAPIError):
            made.chat.retrieve(conversation_id=created.conversation_id, chat_id=created.id)
