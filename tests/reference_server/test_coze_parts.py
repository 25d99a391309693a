"""The parts of the engine for Coze, each by itself: events, bounds, ids, costs, ends of chats."""

import asyncio
import json
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server.engines import events
from reference_server.engines.bounds import Bounds
from reference_server.engines.coze.calls import CallIds, Chat
from reference_server.engines.coze.codes import failure_in
from reference_server.engines.coze.costs import usage_in
from reference_server.engines.coze.reply import CANCELLED, Reply
from reference_server.engines.coze.uploads import LASTING, Uploads
from reference_server.engines.delta import Delta, Usage
from reference_server.engines.events import Event, EventReader
from reference_server.engines.tokenizer import encode
from reference_server.engines.upstream_errors import UpstreamBroken
from reference_server.errors import Refusal
from reference_server.protocol.media import Attachment

STREAM = (
    "event:conversation.message.delta\ndata:{\"content\":\"你好 🎉\"}\n\n"
    ": a comment\n\nid: 7\nevent: PING\ndata: {}\n\n"
    "event: done\ndata: \"[DONE]\"\n\nevent:conversation.stream.done\ndata:\n\n"
)  # fmt: skip
EVENTS = [
    Event("conversation.message.delta", '{"content":"你好 🎉"}'.encode()),
    Event("PING", b"{}"),
    Event("done", b'"[DONE]"'),
    Event("conversation.stream.done", b""),
]


def read(pieces: list[bytes]) -> list[Event]:
    reader = EventReader()
    return [*(event for piece in pieces for event in reader.feed(piece)), *reader.end()]


@pytest.mark.parametrize("text", [STREAM, STREAM.replace("\n", "\r\n"), STREAM.removesuffix("\n\n")])
@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, 400)))
def test_events_are_the_same_wherever_they_are_cut(text: str, cuts: list[int]) -> None:
    content = text.encode()
    places = sorted({0, len(content), *(min(each, len(content)) for each in cuts)})
    assert read([content[start:end] for start, end in pairwise(places)]) == EVENTS


def test_an_event_may_be_megabytes_long() -> None:
    (event,) = read([b"event: a\ndata: ", *[bytes(1024 * 1024)] * 3, b"\n\n"])
    assert len(event.data) == 3 * 1024 * 1024


@pytest.mark.parametrize("piece", [b"x" * 1024, b"data: x\n" * 128])
def test_an_event_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch, piece: bytes) -> None:
    monkeypatch.setattr(events, "LONGEST_EVENT", 100 * 1024)
    with pytest.raises(UpstreamBroken):
        read([piece] * 1000)


@settings(deadline=None)
@given(
    st.text("abc", max_size=40),
    st.lists(st.text("abc", min_size=1, max_size=4), max_size=3),
    st.lists(st.integers(0, 40)),
)
def test_stop_sequences_are_found_wherever_the_text_is_cut(text: str, stop: list[str], cuts: list[int]) -> None:
    bounds = Bounds(stop, None)
    places = sorted({0, len(text), *(min(each, len(text)) for each in cuts)})
    said = "".join([bounds.take(text[start:end]) for start, end in pairwise(places)]) + bounds.rest()
    ends = [text.find(each) for each in stop if each in text]
    # Of sequences that end at different places, the one that is complete first ends the text.
    assert text.startswith(said)
    assert (bounds.finish == "stop") == bool(ends)
    assert said == text if not ends else not any(each in said for each in stop)


def test_what_may_begin_a_stop_sequence_is_held_back() -> None:
    bounds = Bounds(["END"], None)
    assert [bounds.take("an E"), bounds.take("N"), bounds.take("T")] == ["an ", "", "ENT"]
    assert [bounds.take(" E"), bounds.rest(), bounds.finish] == [" ", "E", None]


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(1, 20), st.lists(st.integers(0, 60)))
def test_a_limit_is_never_passed(text: str, most: int, cuts: list[int]) -> None:
    bounds = Bounds([], most)
    places = sorted({0, len(text), *(min(each, len(text)) for each in cuts)})
    said = [*(bounds.take(text[start:end]) for start, end in pairwise(places)), bounds.rest()]
    assert sum(len(encode(each)) for each in said) <= most
    assert "".join(said) == text or bounds.finish == "length"


def test_an_id_of_a_call_is_read_by_its_owner_alone() -> None:
    ids, chat = CallIds("pat_secret"), Chat("738", "739")
    written = ids.write(chat, "BUJJ1", "shop\0ann")
    assert CallIds("pat_secret").read(written, "shop\0ann") == (chat, "BUJJ1")
    assert ids.read(written, "shop\0bob") is None
    assert CallIds("pat_other").read(written, "shop\0ann") is None


@settings(deadline=None)
@given(st.integers(0, 200), st.sampled_from("aA0_-=. é\0"))
def test_an_id_that_was_tampered_with_is_nobodys(place: int, character: str) -> None:
    ids = CallIds("pat_secret")
    written = ids.write(Chat("738", "739"), "BUJJ1", "ann")
    place = min(place, len(written) - 1)
    changed = written[:place] + character + written[place + 1 :]
    # The last character of base64 has bits that stand for nothing.
    if changed[:-1] != written[:-1] and character not in "=. é\0":
        assert ids.read(changed, "ann") is None
    else:
        assert ids.read(changed, "bob") is None


@pytest.mark.parametrize(
    ("value", "usage"),
    [
        ({"token_count": 633, "output_count": 19, "input_count": 614}, Usage(614, 19)),
        ({"token": "9", "input_tokens": "4", "output_tokens": "5", "time_cost": "0.1"}, Usage(4, 5)),
        ({"token_count": 0, "output_count": 0, "input_count": 0}, None),
        ({"input_count": "9" * 400, "output_count": True}, None),
        ({}, None),
        (None, None),
        ("614", None),
    ],
)
def test_usage_is_read_in_both_spellings(value: Any, usage: Usage | None) -> None:
    assert usage_in(value) == usage


@pytest.mark.parametrize("envelope", [{}, {"code": 0}, {"code": None}, {"code": "0"}])
def test_no_code_is_no_failure(envelope: dict[str, Any]) -> None:
    assert failure_in(envelope) is None


@pytest.mark.parametrize("code", ["4028", 4028, "1234567890abc", "9" * 5000, "", True, 0.5, [], "-1", "²"])
def test_whatever_else_a_code_is_is_one(code: Any) -> None:
    refused = failure_in({"code": code})
    assert refused
    assert refused.headers["x-coze-code"] == ("4028" if str(code) == "4028" else "-1")


def test_a_file_is_uploaded_again_before_coze_forgets_it() -> None:
    now, uploaded = [0.0], []

    async def upload(name: str, _content: bytes) -> str:
        uploaded.append(name)
        return str(len(uploaded))

    async def shown(uploads: Uploads) -> Any:
        file = Attachment("file", "a.txt", 2, content=b"Hi")
        return (await uploads.keep([file, file]))(file)["file_id"]

    async def again_and_later() -> list[Any]:
        uploads = Uploads(upload, lambda: now[0])
        seen = [await shown(uploads), await shown(uploads)]
        now[0] += LASTING + 1
        return [*seen, await shown(uploads)]

    assert asyncio.run(again_and_later()) == ["1", "1", "2"]


def told(*steps: tuple[str, Any]) -> tuple[Reply, list[Delta]]:
    reply = Reply("\n\n")
    deltas = [delta for name, data in steps for delta in reply.take(Event(name, json.dumps(data).encode()))]
    return reply, deltas


def message(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"type": kind, "content": content, "id": "1", **more}


@pytest.mark.parametrize("kind", ["verbose", "follow_up", "function_call", "tool_output", "tool_response", "knowledge"])
@pytest.mark.parametrize("name", ["conversation.message.delta", "conversation.message.completed"])
def test_nothing_but_answers_is_said(kind: str, name: str) -> None:
    assert told((name, message(kind, "secret")))[1] == []


@pytest.mark.parametrize("status", sorted(CANCELLED))
def test_every_spelling_of_cancelled_is_an_end_that_is_no_success(status: str) -> None:
    with pytest.raises(UpstreamBroken):
        told(("conversation.chat.completed", {"id": "1", "conversation_id": "2", "status": status}))


@pytest.mark.parametrize("status", ["completed", "compleated"])
def test_typos_of_the_documents_are_read(status: str) -> None:
    answer = ("conversation.message.completed", message("answer", "Hi"))
    usage = {"input_tokens": 1, "output_tokens": 2}
    reply, deltas = told(answer, ("conversation.chat.completed", {"status": status, "usage": usage}))
    assert (deltas, reply.finish, reply.usage) == ([Delta(text="Hi")], "stop", Usage(1, 2))


def test_calls_of_a_chat_that_nobody_can_find_again_are_a_failure() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    waiting = {"required_action": {"submit_tool_outputs": {"tool_calls": [call]}}}
    with pytest.raises(UpstreamBroken):
        told(("conversation.chat.requires_action", waiting))


def test_thoughts_are_no_answer() -> None:
    thought = ("conversation.message.delta", message("answer", "", reasoning_content="Hm."))
    with pytest.raises(UpstreamBroken):
        told(thought, ("conversation.chat.completed", {"status": "completed"}))


@pytest.mark.parametrize("data", ["", "null", "[]", "1", "{", "\xff", '"[DONE]"'])
def test_an_event_that_is_no_object_is_a_failure_of_the_engine(data: str) -> None:
    with pytest.raises(UpstreamBroken):
        list(Reply("").take(Event("conversation.message.delta", data.encode("latin-1"))))


ODD: list[Any] = [None, True, 0, -1, 2**70, 1.5, "", "x", [], [None], [{}], {}, {"code": "x"}, {"code": 4028},
       {"code": True}, {"submit_tool_outputs": {"tool_calls": [1, {"type": 1}, {"function": []}]}}]  # fmt: skip
KEYS = ["type", "content", "id", "status", "usage", "code", "last_error", "meta_data", "required_action",
        "conversation_id", "reasoning_content"]  # fmt: skip
NAMES = ["error", "conversation.message.delta", "conversation.message.completed", "conversation.chat.failed",
         "conversation.chat.completed", "conversation.chat.requires_action", "done", "PING"]  # fmt: skip


@settings(deadline=None)
@given(
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from([*ODD, "answer", "requires_action", "failed"])),
)
def test_whatever_an_event_holds_is_read_or_refused(name: str, data: dict[str, Any]) -> None:
    with suppress(Refusal):
        reply, deltas = told((name, data))
        assert all(isinstance(delta.text, str) for delta in deltas)
        assert reply.finish in (None, "stop", "tool_calls")
