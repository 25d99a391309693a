"""Ids: where an answer gives them, which of them a request needs."""

from typing import Any

import pytest

from cozecheck.exchange import Request, Response
from cozecheck.replay.ids import given, named, paired, required
from tests.examples import chat_body, chat_stream, choice, chunk, raw
from tests.response_examples import call, call_events, response, said, written


def answer(value: Any) -> Response:
    return Response(200, body=raw(value))


def request(body: Any = None, path: str = "/responses", method: str = "POST") -> Request:
    return Request(method, f"https://api.openai.com/v1{path}", body=raw(body))


def test_two_answers_have_their_ids_at_the_same_places_whatever_stands_between() -> None:
    thought = {"type": "reasoning", "id": "rs_0001", "summary": []}
    was = response(call(call_id="call_was1"), call(call_id="call_was2"), id="resp_was")
    now = response(thought, call(call_id="call_now1"), call(call_id="call_now2"), id="resp_now")
    pairs = paired(answer(was), answer(now))
    assert pairs["resp_was"] == "resp_now"
    assert (pairs["call_was1"], pairs["call_was2"]) == ("call_now1", "call_now2")


def test_ids_of_a_stream_are_paired_too() -> None:
    was, now = (answer(written(call_events())) for _ in range(2))
    now = Response(200, body=now.body.replace(b': "resp_', b': "resp_new_').replace(b': "call_', b': "call_new_'))
    pairs = paired(was, now)
    renamed = {id for id, other in pairs.items() if id != other}
    assert {id.partition("_")[0] for id in renamed} == {"resp", "call"}


def test_parallel_calls_of_a_chat_stream_stay_apart() -> None:
    def calls(*ids: str) -> Response:
        deltas = [{"tool_calls": [{"index": at, "id": id, "type": "function"}]} for at, id in enumerate(ids)]
        return answer(chat_stream(*(chunk(delta) for delta in deltas)))

    pairs = paired(calls("call_was1", "call_was2"), calls("call_now1", "call_now2"))
    assert (pairs["call_was1"], pairs["call_was2"]) == ("call_now1", "call_now2")


def test_names_of_models_and_numbers_are_no_ids() -> None:
    models = {"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model"}]}
    assert given(answer(models)) == {}
    assert given(answer({"data": [{"object": "embedding", "embedding": [0.1] * 5}]})) == {}


@pytest.mark.parametrize("body", [b"", b"no JSON", b"data: {\n\n", b"[" * 500 + b"]" * 500, b"null", b"[7]"])
def test_an_answer_that_says_nothing_gives_nothing(body: bytes) -> None:
    assert given(Response(200, body=body)) == {}
    assert given(None) == {}


def test_ids_are_named_in_path_query_and_body() -> None:
    found = named(request({"input": [{"call_id": "call_1"}]}, "/conversations/conv_abc/items?after=msg_0001"))
    assert found >= {"call_1", "conv_abc", "msg_0001"}


@pytest.mark.parametrize(
    ("body", "path", "needed"),
    [
        ({"previous_response_id": "resp_0001"}, "/responses", {"resp_0001"}),
        ({"conversation": {"id": "conv_0001"}}, "/responses", {"conv_0001"}),
        ({"input_file_id": "file-0001"}, "/batches", {"file-0001"}),
        ({"input": [{"content": [{"type": "input_file", "file_id": "file-0001"}]}]}, "/responses", {"file-0001"}),
        (None, "/threads/thread_abc123/runs", {"thread_abc123"}),
        (None, "/models/gpt-4o-mini", set()),
        (None, "/fine_tuning/jobs", set()),
        ({"input": [{"type": "function_call_output", "call_id": "call_1"}]}, "/responses", {"call_1"}),
        (
            {"input": [call(call_id="call_1"), {"type": "function_call_output", "call_id": "call_1"}]},
            "/responses",
            set(),
        ),
        ({"messages": [{"role": "tool", "tool_call_id": "call_1"}]}, "/chat/completions", set()),
        ("no JSON", "/responses", set()),
    ],
)
def test_what_a_server_must_have_kept_is_required(body: Any, path: str, needed: set[str]) -> None:
    assert required(request(body, path)) == needed


def test_texts_are_no_ids() -> None:
    assert named(request({"input": "Hello.", "instructions": "Say hello, please."}, "/responses")) <= {"responses"}
    assert "call_me_0001" not in given(answer(chat_body(choice("call_me_0001")))).values()
    assert "msg_said" not in given(answer(response(said("msg_said")))).values()
