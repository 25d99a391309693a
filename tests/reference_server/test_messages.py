"""Anthropic's messages: answers of engines here and elsewhere, whole."""

import json
import logging

import pytest

from reference_server.settings import Model
from tests.probe import hostile
from tests.reference_server.asking import app, ask, chat, post
from tests.reference_server.messages import MESSAGES, OLDER, VERSION, asking, events, message, refusal, send
from tests.reference_server.upstreams import Listening, as_json, through


def test_a_whole_message_is_as_its_type_says() -> None:
    answer = message(send(app(), asking()))
    assert answer["id"].startswith("msg_")
    assert answer["content"] == [{"type": "text", "text": "one two three"}]


@pytest.mark.parametrize("streams", [False, True])
def test_a_stop_sequence_is_told(*, streams: bool) -> None:
    response = send(app(), asking("Count to 10", stop_sequences=["x", "5"], stream=streams))
    told = events(response.text)[-2]["delta"] if streams else message(response)
    assert (told["stop_reason"], told["stop_sequence"]) == ("stop_sequence", "5")


def test_openais_protocol_does_not_tell_it() -> None:
    assert "stop_reason" not in post(app(), chat("Count to 10", stop="5")).json()["choices"][0]


def test_what_is_lacking_is_dropped_and_told() -> None:
    answer = send(app(), asking(top_k=5, context_management={"edits": []}), OLDER)
    assert answer.headers["x-adapter-dropped-params"] == "context_management, top_k"


def test_thoughts_of_an_engine_are_shown_to_who_asks() -> None:
    said = {"role": "assistant", "content": "Yes.", "reasoning_content": "Hm."}
    upstream = Listening(as_json({"id": "x", "model": "m", "choices": [{"message": said, "finish_reason": "stop"}]}))
    thinking = {"thinking": {"type": "adaptive"}}
    shown = message(through(upstream, asking(**thinking), MESSAGES, VERSION))
    assert shown["content"] == [
        {"type": "thinking", "thinking": "Hm.", "signature": ""},
        {"type": "text", "text": "Yes."},
    ]
    assert len(message(through(upstream, asking(), MESSAGES, VERSION))["content"]) == 1


def test_an_upstream_gets_a_chat_completion_and_nothing_of_the_other_protocol() -> None:
    upstream = Listening(as_json({"id": "x", "model": "gpt-4o-mini", "choices": [{"message": {"content": "Yes."}}]}))
    headers = {**VERSION, "anthropic-beta": "x", "x-api-key": "sk-theirs"}
    assert message(through(upstream, asking(), f"{MESSAGES}?beta=true", headers))["model"] == "gpt-4o-mini"
    assert upstream.head.startswith(b"POST /v1/chat/completions HTTP")
    assert not {"anthropic-version", "anthropic-beta", "x-api-key"} & upstream.headers.keys()
    assert json.loads(upstream.body)["messages"] == [{"role": "user", "content": "Say exactly: one two three"}]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"{}",
        b'{"choices": [{}]}',
        b'{"choices": [{"message": {"tool_calls": [{"id": "x"}]}}]}',
        b'{"choices": [{"message": {"tool_calls": [{"function": {"name": "f", "arguments": "[]"}}]}}]}',
    ],
)
def test_an_upstream_that_answers_nonsense_is_an_error(answer: bytes) -> None:
    upstream = Listening(hostile.answer(answer, b"content-type: application/json"))
    response = through(upstream, asking(), MESSAGES, VERSION)
    assert (response.status_code, refusal(response)["type"]) == (502, "api_error")


def test_arguments_that_were_cut_off_are_read_as_far_as_they_go() -> None:
    call = {"id": "c", "function": {"name": "f", "arguments": '{"a": 1, "b": "unfini'}}
    choice = {"message": {"tool_calls": [call]}, "finish_reason": "length"}
    answer = message(
        through(Listening(as_json({"id": "x", "model": "m", "choices": [choice]})), asking(), MESSAGES, VERSION)
    )
    assert answer["content"][0]["input"] == {"a": 1, "b": "unfini"}
    assert answer["stop_reason"] == "max_tokens"


def test_both_versions_are_spoken() -> None:
    server = app()
    assert message(send(server, asking(temperature=0.5), OLDER))["content"]
    assert "temperature" in refusal(send(server, asking(temperature=0.5)))["message"]


def test_answers_are_kept_by_protocol() -> None:
    server = app(cache={"responses": {}})
    asked = asking(temperature=0, stop_sequences=["two"])
    first, again = send(server, asked, OLDER), send(server, asked, OLDER)
    assert (first.headers["x-cache"], again.headers["x-cache"]) == ("MISS", "HIT")
    assert message(again) == message(first)
    plain = post(server, chat("Say exactly: one two three", temperature=0, stop=["two"], max_completion_tokens=100))
    assert plain.headers["x-cache"] == "MISS"


def test_it_is_on_record_by_its_own_name_and_counts_like_any_other(caplog: pytest.LogCaptureFixture) -> None:
    server = app()
    with caplog.at_level(logging.INFO):
        message(send(server, asking()))
    (line,) = [record.__dict__["fields"] for record in caplog.records if record.message == "request"]
    assert (line["operation"], line["engine"], line["tokens_out"]) == ("/messages", "base", 3)
    counted = ask(server, "GET", "/metrics").text
    assert 'coze_adapter_generation_tokens_total{usage_source="engine"} 3.0' in counted


def test_a_model_is_shown_by_its_snapshot() -> None:
    server = app(models=[Model(id="gpt-4o-mini", snapshot="gpt-4o-mini-2024-07-18")])
    assert message(send(server, asking()))["model"] == "gpt-4o-mini-2024-07-18"
