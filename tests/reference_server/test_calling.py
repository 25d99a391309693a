import json
from collections.abc import Mapping
from typing import Any

import pytest

from reference_server.engines.calling import calls
from reference_server.engines.delta import Delta
from reference_server.protocol.chat_request import ChatRequest, Message, TextFormat, Tool, ToolChoice
from tests.reference_server.asking import generated

CITY: Mapping[str, Any] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER, TIME = Tool("get_weather", schema=CITY), Tool("get_time", schema=CITY)
BOTH = "What is the weather, and what is the time?"


def called(content: str, *tools: Tool, **changes: Any) -> list[str]:
    request = ChatRequest(model="m", messages=(Message("user", content),), tools=tools or (WEATHER, TIME), **changes)
    return [call.tool.name for call in calls(request, b"seed")]


def payloads(deltas: list[Delta]) -> list[str]:
    pieces = [delta.call for delta in deltas if delta.call]
    return [
        "".join(piece.payload for piece in pieces if piece.place == place) for place in {each.place for each in pieces}
    ]


@pytest.mark.parametrize(
    ("asked", "tools"),
    [
        ("What is the weather in Oslo?", ["get_weather"]),
        (BOTH, ["get_weather", "get_time"]),
        ("Please get me a tool.", []),
        ("Hello", []),
    ],
)
def test_what_the_question_speaks_of_is_called(asked: str, tools: list[str]) -> None:
    assert called(asked) == tools


@pytest.mark.parametrize(
    ("choice", "tools"),
    [
        (ToolChoice("none"), []),
        (ToolChoice("required"), ["get_weather", "get_time"]),
        (ToolChoice("required", frozenset({"get_time"}), forced=True), ["get_time"]),
        (ToolChoice("auto", frozenset({"get_time"})), ["get_time"]),
    ],
)
def test_the_choice_is_obeyed(choice: ToolChoice, tools: list[str]) -> None:
    assert called(BOTH, tool_choice=choice) == tools


def test_required_calls_even_where_nothing_fits() -> None:
    assert called("Hello", tool_choice=ToolChoice("required")) == ["get_weather"]


def test_one_at_a_time_is_one() -> None:
    assert called(BOTH, parallel_tool_calls=False) == ["get_weather"]
    assert called(BOTH, Tool("get_weather", "legacy"), Tool("get_time", "legacy")) == ["get_weather"]


def test_an_answer_of_a_tool_is_not_followed_by_the_same_call() -> None:
    turns = (Message("user", BOTH), Message("assistant"), Message("tool", "14:05", tool_call_id="call_1"))
    assert calls(ChatRequest(model="m", messages=turns, tools=(WEATHER,)), b"seed") == ()


def test_calls_come_one_after_another_and_their_pieces_are_json() -> None:
    deltas = generated(BOTH, tools=(WEATHER, TIME))
    heads = [delta.call for delta in deltas if delta.call and delta.call.id]
    assert [(head.place, head.name, head.several) for head in heads] == [
        (0, "get_weather", True),
        (1, "get_time", True),
    ]
    assert len({head.id for head in heads}) == 2
    assert all(set(json.loads(payload)) == {"city"} for payload in payloads(deltas))
    assert deltas[-2].finish == "tool_calls"


def test_a_limit_cuts_a_call() -> None:
    *deltas, last = generated(BOTH, tools=(WEATHER, TIME), max_tokens=5)
    assert deltas[-1].finish == "length"
    assert last.usage is not None
    assert last.usage.completion == 5


@pytest.mark.parametrize(
    ("tool", "choice", "finish"),
    [
        (Tool("get_time", schema=CITY), ToolChoice(), "tool_calls"),
        (Tool("get_time", "custom"), ToolChoice(), "tool_calls"),
        (Tool("get_time", "legacy", CITY), ToolChoice(), "function_call"),
        (Tool("get_time", schema=CITY), ToolChoice("required", frozenset({"get_time"}), forced=True), "stop"),
    ],
)
def test_the_finish_says_what_was_called(tool: Tool, choice: ToolChoice, finish: str) -> None:
    assert generated(BOTH, tools=(tool,), tool_choice=choice)[-2].finish == finish


def test_a_schema_is_filled_and_a_plain_refusal_is_one() -> None:
    wanted = TextFormat("json_schema", CITY)
    assert set(json.loads("".join(delta.text for delta in generated("Which?", text_format=wanted)))) == {"city"}
    refused = generated("Refuse this, please.", text_format=wanted)
    assert "can't help" in "".join(delta.refusal for delta in refused)
    assert not any(delta.text for delta in refused)


def test_a_json_object_is_one() -> None:
    text = "".join(delta.text for delta in generated("Say: hello", text_format=TextFormat("json_object")))
    assert json.loads(text) == {"answer": "hello"}
