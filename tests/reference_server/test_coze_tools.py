"""Calls of a bot's tools, out to the client and back to the chat that waits for their results."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from reference_server.settings import Key
from tests.reference_server.asking import Json, chat, chunks, error
from tests.reference_server.coze_asking import MODEL, answer, ask, completed, in_front_of, said
from tests.reference_server.coze_rules import Dialect
from tests.reference_server.fake_coze import FakeCoze, Run, Step, begun, calling, last
from tests.reference_server.visitors import until

ASKED = chat("Please get_weather")
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}]
TAKEN = {"per_parameter": {"tools": "warn"}}


def calls(response: httpx2.Response) -> list[Json]:
    choice = response.json()["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    called: list[Json] = choice["message"]["tool_calls"]
    return called


def results(called: list[Json], *said: str, **more: Any) -> Json:
    """The conversation that goes on with what came of calls."""
    turns = [
        {"role": "tool", "tool_call_id": each["id"], "content": text} for each, text in zip(called, said, strict=True)
    ]
    return {
        "model": MODEL,
        "messages": [*ASKED["messages"], {"role": "assistant", "tool_calls": called}, *turns],
        **more,
    }


@pytest.mark.parametrize("streams", [False, True])
def test_a_call_comes_and_its_result_goes_back_to_its_chat(*, streams: bool) -> None:
    fake = FakeCoze("cloud")
    with in_front_of(fake) as client:
        called = calls(client.post("/chat/completions", json=ASKED))
        assert called[0]["function"] == {"name": "get_weather", "arguments": '{"city":"Beijing"}'}
        response = client.post("/chat/completions", json=results(called, "Sunny", stream=streams))
        text = (
            "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks(response))
            if streams
            else said(response)
        )
    assert text == "The tools say: Sunny"
    run = fake.runs[0]
    assert fake.outputs == [
        {
            "tool_outputs": [{"tool_call_id": "BUJJ0", "output": "Sunny"}],
            "stream": True,
            "conversation_id": run.conversation,
            "chat_id": run.id,
        }
    ]
    assert (len(fake.runs), fake.cancelled) == (1, [])


def several(fake: FakeCoze, run: Run) -> Iterator[Step]:
    yield from begun(fake, run)
    yield from calling(fake, run, [("get_weather", '{"city":"Rome"}'), ("get_time", "{}")])


def test_several_calls_stream_one_after_the_other() -> None:
    fake = FakeCoze("cloud", several)
    with in_front_of(fake) as client:
        seen = list(chunks(client.post("/chat/completions", json=chat(stream=True))))
        called = calls(client.post("/chat/completions", json=chat()))
        assert said(client.post("/chat/completions", json=results(called, "Sunny", "Noon"))) == (
            "The tools say: Sunny, Noon"
        )
    pieces = [call for chunk in seen for choice in chunk["choices"] for call in choice["delta"].get("tool_calls", ())]
    assert [call["index"] for call in pieces if "id" in call] == [0, 1]
    assert [choice["finish_reason"] for choice in seen[-1]["choices"]] == ["tool_calls"]


def test_any_worker_can_go_on_with_a_call() -> None:
    fake = FakeCoze("cloud")
    with in_front_of(fake) as client:
        called = calls(client.post("/chat/completions", json=ASKED))
    with in_front_of(fake) as another:
        assert said(another.post("/chat/completions", json=results(called, "Sunny"))) == "The tools say: Sunny"


def test_a_call_is_nobody_elses() -> None:
    fake = FakeCoze("cloud")
    keys = tuple(Key.model_validate({"value": each}) for each in ("sk-one", "sk-two"))
    one, two = ({"authorization": f"Bearer {each}"} for each in ("sk-one", "sk-two"))
    with in_front_of(fake, settings={"keys": keys}) as client:
        called = calls(client.post("/chat/completions", json=ASKED, headers=one))
        stolen = client.post("/chat/completions", json=results(called, "Mine"), headers=two)
        other = client.post("/chat/completions", json=results(called, "Mine", user="bob"), headers=one)
    assert (stolen.status_code, error(stolen)["param"]) == (400, "messages")
    assert other.status_code == 400
    assert fake.outputs == []


def test_a_result_that_comes_too_late_is_told() -> None:
    fake = FakeCoze("cloud")
    with in_front_of(fake) as client:
        asked = results(calls(client.post("/chat/completions", json=ASKED)), "Sunny")
        assert client.post("/chat/completions", json=asked).status_code == 200
        assert client.post("/chat/completions", json=asked).status_code == 400


@pytest.mark.parametrize("dialect", ["cloud", "studio"])
def test_calls_of_other_engines_are_told_in_words(dialect: Dialect) -> None:
    called = [{"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"a":1}'}}]
    fake = FakeCoze(dialect)
    assert ask(fake, results(called, "Found")).status_code == 200
    assert [(each["role"], each["content"]) for each in fake.bodies[0]["additional_messages"]][1:] == [
        ("assistant", 'look_up({"a":1})'),
        ("user", "Result of the call: Found"),
    ]
    assert fake.outputs == []


def test_clients_tools_are_refused_unless_the_operator_says_otherwise() -> None:
    asked = {**ASKED, "tools": TOOLS}
    assert error(ask(FakeCoze("cloud"), asked))["param"] == "tools"
    response = ask(FakeCoze("cloud"), asked, parameters=TAKEN)
    assert calls(response)[0]["function"]["name"] == "get_weather"
    assert response.headers["x-adapter-dropped-params"] == "tools"


def test_a_question_of_a_workflow_is_no_call() -> None:
    def asking(fake: FakeCoze, run: Run) -> Iterator[Step]:
        yield from begun(fake, run)
        ((name, waiting), end) = calling(fake, run, [("ask", "Which city?")])
        waiting["required_action"]["submit_tool_outputs"]["tool_calls"][0]["type"] = "reply_message"
        yield name, waiting
        yield end

    response = ask(FakeCoze("cloud", asking))
    assert said(response) == "Which city?"
    assert response.json()["choices"][0]["finish_reason"] == "stop"


def test_a_responses_client_gets_calls_and_brings_results() -> None:
    fake = FakeCoze("cloud")
    with in_front_of(fake) as client:
        asked = {"model": MODEL, "input": "Please get_weather"}
        first = client.post("/responses", json=asked).json()
        (call,) = (item for item in first["output"] if item["type"] == "function_call")
        result = {"type": "function_call_output", "call_id": call["call_id"], "output": "Sunny"}
        again = {"model": MODEL, "input": [result], "previous_response_id": first["id"]}
        second = client.post("/responses", json=again).json()
    assert second["output"][0]["content"][0]["text"] == "The tools say: Sunny"


def test_a_chat_that_waits_is_not_cancelled_but_one_that_speaks_on_is() -> None:
    def both(fake: FakeCoze, run: Run) -> Iterator[Step]:
        yield from begun(fake, run)
        yield answer(fake, run, "One moment, " * 50)
        yield completed(fake, run)
        yield last(fake)

    fake = FakeCoze("cloud", both)
    with in_front_of(fake) as client:
        client.post("/chat/completions", json=chat(max_tokens=3))
        until(lambda: len(fake.cancelled) == 1)
