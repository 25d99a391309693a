"""Tools and formats, as requests name them and as the wire shows them."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI
from pydantic import BaseModel

from reference_server.errors import Refusal
from reference_server.protocol.chat_request import TextFormat, ToolChoice
from reference_server.protocol.openai_chat import parse_chat_request
from tests.reference_server.asking import Json, app, body, chat, chunks, post
from tests.servers import running

CITY: Json = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TIME: Json = {"type": "function", "function": {"name": "get_time", "parameters": CITY, "strict": True}}
WEATHER: Json = {"type": "function", "function": {"name": "get_weather", "parameters": CITY}}
NOTE: Json = {"type": "custom", "custom": {"name": "note"}}
FORCED = ToolChoice("required", frozenset({"note"}), forced=True)
ALLOWED: Json = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [NOTE]}}


def by_schema(schema: Json, *, strict: bool = True) -> Json:
    return {"type": "json_schema", "json_schema": {"name": "n", "schema": schema, "strict": strict}}


@pytest.mark.parametrize(
    ("changes", "choice"),
    [
        ({}, ToolChoice()),
        ({"tool_choice": "none"}, ToolChoice("none")),
        ({"tool_choice": {"type": "custom", "custom": {"name": "note"}}}, FORCED),
        ({"tool_choice": ALLOWED}, ToolChoice("required", frozenset({"note"}))),
    ],
)
def test_a_choice_is_read(changes: Json, choice: ToolChoice) -> None:
    assert parse_chat_request(body(chat(tools=[TIME, NOTE], **changes))).tool_choice == choice


def test_the_old_functions_are_tools_of_their_own_kind() -> None:
    read = parse_chat_request(body(chat(functions=[{"name": "f"}], function_call={"name": "f"})))
    assert [(tool.name, tool.kind) for tool in read.tools] == [("f", "legacy")]
    assert read.tool_choice.forced


def test_a_format_is_read() -> None:
    assert parse_chat_request(body(chat(response_format=by_schema(CITY)))).text_format == TextFormat(
        "json_schema", CITY
    )


OPEN: Json = {"type": "object", "properties": {"a": {"type": "string"}}}
DEEP: Json = {}
for _ in range(60):
    DEEP = {"type": "object", "properties": {"a": DEEP}}

BAD: list[tuple[Json, str, str]] = [
    ({"response_format": by_schema({"type": "objekt"})}, "invalid_json_schema", "response_format"),
    ({"response_format": by_schema(OPEN)}, "invalid_json_schema", "response_format"),
    ({"response_format": by_schema({**CITY, "required": []})}, "invalid_json_schema", "response_format"),
    ({"response_format": by_schema({"type": "array"}, strict=False)}, "invalid_json_schema", "response_format"),
    ({"response_format": by_schema(DEEP, strict=False)}, "invalid_json_schema", "response_format"),
    (
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"required": 1}}}]},
        "invalid_function_parameters",
        "tools[0].function.parameters",
    ),
]


@pytest.mark.parametrize(("changes", "code", "param"), BAD, ids=lambda value: str(value)[:60])
def test_a_schema_that_is_none_is_refused(changes: Json, code: str, param: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_chat_request(body(chat(**changes)))
    assert (caught.value.status, caught.value.code, caught.value.param) == (400, code, param)


def test_json_without_a_word_of_it_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        parse_chat_request(body(chat(response_format={"type": "json_object"})))
    assert caught.value.param == "messages"


def deltas(**asked: Any) -> Iterator[Json]:
    return (chunk["choices"][0]["delta"] for chunk in chunks(post(app(), chat(stream=True, **asked))))


def test_a_lone_call_opens_with_its_head() -> None:
    first, second, *_ = deltas(content="Hi", tools=[TIME], tool_choice="required")
    head = first["tool_calls"][0]
    assert list(first) == ["role", "content", "tool_calls", "refusal"]
    assert (first["content"], head["index"], head["type"], head["function"]) == (
        None,
        0,
        "function",
        {"name": "get_time", "arguments": ""},
    )
    assert list(second) == ["tool_calls"]
    assert list(second["tool_calls"][0]) == ["index", "function"]


def test_several_calls_open_with_the_role_alone() -> None:
    first, second, *_ = deltas(content="The time, and the weather?", tools=[TIME, WEATHER])
    assert first == {"role": "assistant", "content": None}
    assert second["tool_calls"][0]["function"]["name"] == "get_time"


def test_a_refusal_opens_empty() -> None:
    first, second, *_, last = deltas(content="Refuse this.", response_format=by_schema(CITY))
    assert first == {"role": "assistant", "content": None, "refusal": ""}
    assert list(second) == ["refusal"]
    assert last == {}


def test_a_body_with_calls_has_no_content_and_no_logprobs() -> None:
    choice = post(app(), chat("Hi", tools=[NOTE], tool_choice="required", logprobs=True)).json()["choices"][0]
    call = choice["message"]["tool_calls"][0]
    assert (choice["message"]["content"], choice["logprobs"], choice["finish_reason"]) == (None, None, "tool_calls")
    assert (call["type"], set(call["custom"])) == ("custom", {"name", "input"})
    assert call["id"].startswith("call_")
    assert len(call["id"]) == len("call_") + 24


class Place(BaseModel):
    city: str
    size: int


def test_openai_python_parses_a_schema_and_streams_a_call() -> None:
    with running(app()) as base, OpenAI(base_url=base, api_key="sk-any", max_retries=0) as client:
        messages: Any = [{"role": "user", "content": "What is the time in Oslo?"}]
        parsed = client.chat.completions.parse(model="gpt-4o-mini", messages=messages, response_format=Place)
        with client.chat.completions.stream(model="gpt-4o-mini", messages=messages, tools=[TIME]) as stream:  # type: ignore[list-item]
            final = stream.get_final_completion()
    assert isinstance(parsed.choices[0].message.parsed, Place)
    calls = final.choices[0].message.tool_calls
    assert calls
    assert set(calls[0].function.parsed_arguments or {}) == {"city"}  # type: ignore[call-overload]


def test_openai_python_knows_the_refusal_of_a_schema() -> None:
    broken: Any = by_schema({"type": "objekt"})
    with (
        running(app()) as base,
        OpenAI(base_url=base, api_key="sk-any") as client,
        pytest.raises(openai.BadRequestError) as caught,
    ):
        client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": "a"}], response_format=broken
        )
    assert caught.value.code == "invalid_json_schema"
