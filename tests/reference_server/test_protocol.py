from typing import Any, get_type_hints

import pytest
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)

from reference_server.errors import Refusal
from reference_server.protocol.openai_chat import parse_chat_request
from reference_server.protocol.openai_parameters import OPTIONAL, REQUIRED
from tests.reference_server.asking import Json, body, chat

GIF = "data:image/gif;base64,R0lGODlhAQACAAAAACw="
PART = {"type": "text", "text": "hi"}
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}, "strict": None}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}

BAD: list[tuple[Json, str | None, str]] = [
    ({"model": None}, "missing_required_parameter", "model"),
    ({"messages": None}, "missing_required_parameter", "messages"),
    ({"messages": []}, "empty_array", "messages"),
    ({"messages": "hi"}, "invalid_type", "messages"),
    ({"messages": ["hi"]}, "invalid_type", "messages[0]"),
    ({"messages": [{"content": "hi"}]}, "missing_required_parameter", "messages[0].role"),
    ({"messages": [{"role": "robot", "content": "hi"}]}, "invalid_value", "messages[0].role"),
    ({"messages": [{"role": "user"}]}, "missing_required_parameter", "messages[0].content"),
    ({"messages": [{"role": "user", "content": 5}]}, "invalid_type", "messages[0].content"),
    ({"messages": [{"role": "user", "content": []}]}, "empty_array", "messages[0].content"),
    ({"messages": [{"role": "user", "content": "a", "x": 1}]}, "unknown_parameter", "messages[0].x"),
    (
        {"messages": [{"role": "user", "content": [{"text": "a"}]}]},
        "missing_required_parameter",
        "messages[0].content[0].type",
    ),
    ({"messages": [{"role": "user", "content": [{"type": "x"}]}]}, "invalid_value", "messages[0].content[0].type"),
    ({"messages": [{"role": "assistant", "content": None}]}, "invalid_type", "messages[0].content"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "missing_required_parameter", "messages[0].tool_call_id"),
    ({"model": 3}, "invalid_type", "model"),
    ({"nonsense": 1}, "unknown_parameter", "nonsense"),
    ({"temperature": -0.1}, "decimal_below_min_value", "temperature"),
    ({"temperature": 3}, "decimal_above_max_value", "temperature"),
    ({"temperature": "hot"}, "invalid_type", "temperature"),
    ({"temperature": True}, "invalid_type", "temperature"),
    ({"top_p": -1}, "decimal_below_min_value", "top_p"),
    ({"top_p": 1.1}, "decimal_above_max_value", "top_p"),
    ({"n": 0}, "integer_below_min_value", "n"),
    ({"n": 129}, "integer_above_max_value", "n"),
    ({"n": 1.0}, "invalid_type", "n"),
    ({"presence_penalty": -2.1}, "decimal_below_min_value", "presence_penalty"),
    ({"frequency_penalty": 2.1}, "decimal_above_max_value", "frequency_penalty"),
    ({"max_tokens": 0}, "integer_below_min_value", "max_tokens"),
    ({"max_completion_tokens": -1}, "integer_below_min_value", "max_completion_tokens"),
    ({"logprobs": True, "top_logprobs": 21}, "integer_above_max_value", "top_logprobs"),
    ({"top_logprobs": 2}, None, "top_logprobs"),
    ({"logit_bias": {"word": 1}}, "invalid_value", "logit_bias"),
    ({"logit_bias": {"50256": -101}}, "integer_below_min_value", "logit_bias"),
    ({"stop": ["a"] * 5}, "array_above_max_length", "stop"),
    ({"stop": 1}, "invalid_type", "stop"),
    ({"seed": 2**63}, "integer_above_max_value", "seed"),
    ({"seed": "1"}, "invalid_type", "seed"),
    ({"stream": "yes"}, "invalid_type", "stream"),
    ({"stream_options": {"include_usage": True}}, None, "stream_options"),
    ({"stream": True, "stream_options": {"x": True}}, "unknown_parameter", "stream_options.x"),
    ({"metadata": {"a": True}}, "invalid_type", "metadata.a"),
    ({"metadata": {str(key): "" for key in range(17)}}, "object_above_max_length", "metadata"),
    ({"metadata": {"a": "x" * 513}}, "string_above_max_length", "metadata.a"),
    ({"response_format": {"type": "xml"}}, "invalid_value", "response_format.type"),
    ({"response_format": {"type": "json_schema"}}, "missing_required_parameter", "response_format.json_schema"),
    ({"reasoning_effort": "some"}, "invalid_value", "reasoning_effort"),
    ({"tools": []}, "empty_array", "tools"),
    ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "invalid_value", "tools[0].function.name"),
    ({"tool_choice": "required"}, None, "tool_choice"),
    ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "b"}}}, None, "tool_choice"),
]


def refused(raw: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse_chat_request(raw)
    return caught.value


@pytest.mark.parametrize(("changes", "code", "param"), BAD, ids=lambda value: str(value)[:60])
def test_bad_request_is_refused_by_name(changes: Json, code: str | None, param: str) -> None:
    refusal = refused(body(chat(**changes)))
    assert (refusal.status, refusal.code, refusal.param) == (400, code, param)
    assert refusal.kind == "invalid_request_error"
    assert refusal.message


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff", b'{"a":NaN}', b'{"a":1,"a":2}', b"{} x", b"[" * 10_000, b'{"a":"\\ud800"}']
)
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    refusal = refused(raw)
    assert (refusal.status, refusal.code, refusal.param) == (400, None, None)


@pytest.mark.parametrize("raw", [b"[]", b"3", b'"x"', b"null"])
def test_json_that_is_no_object_is_refused(raw: bytes) -> None:
    assert refused(raw).code == "invalid_type"


@pytest.mark.parametrize("params", [CompletionCreateParamsNonStreaming, CompletionCreateParamsStreaming])
def test_every_parameter_of_the_sdk_is_known(params: Any) -> None:
    assert set(get_type_hints(params)) == {*REQUIRED, *OPTIONAL}


GOOD: list[Json] = [
    {"audio": {"format": "wav", "voice": "alloy"}, "modalities": ["text", "audio"]},
    {"audio": {"format": "mp3", "voice": {"id": "voice_1"}}},
    {"frequency_penalty": -2, "presence_penalty": 2.0, "temperature": 0, "top_p": 0},
    {"functions": [{"name": "look"}], "function_call": {"name": "look"}},
    {"function_call": "auto"},
    {"logit_bias": {"50256": -100}},
    {"logprobs": True, "top_logprobs": 20},
    {"max_tokens": 1, "max_completion_tokens": 1, "n": 128},
    {"metadata": {"a": "b"}, "store": True, "user": "u", "safety_identifier": "s"},
    {"moderation": {"model": "omni-moderation-latest", "policy": {"input": {"mode": "score"}, "output": None}}},
    {"parallel_tool_calls": False, "tools": [TOOL], "tool_choice": "required"},
    {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "look"}}},
    {"tools": [{"type": "custom", "custom": {"name": "c", "format": {"type": "text"}}}], "tool_choice": "auto"},
    {"prediction": {"type": "content", "content": [PART]}},
    {"prompt_cache_key": "k", "prompt_cache_options": {"mode": "explicit", "ttl": "30m"}},
    {"prompt_cache_retention": "24h", "service_tier": "flex", "reasoning_effort": "xhigh", "verbosity": "low"},
    {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"a": [1]}, "strict": False}}},
    {"response_format": {"type": "json_object"}, "messages": [{"role": "user", "content": "Answer in JSON."}]},
    {"seed": -(2**63), "stop": "x"},
    {"stop": ["a", "b", "c", "d"]},
    {"stream": True, "stream_options": {"include_usage": True, "include_obfuscation": False}},
    {"web_search_options": {"search_context_size": "low", "user_location": None}},
    {"temperature": 2, "top_p": 1, "n": 1, "stream": False, "tool_choice": "none"},
]


@pytest.mark.parametrize("changes", GOOD, ids=",".join)
def test_legal_values_are_accepted(changes: Json) -> None:
    assert parse_chat_request(body(chat(**changes))).model == "gpt-4o-mini"


def test_null_is_as_good_as_absent() -> None:
    optional = ("temperature", "stop", "n", "max_tokens", "stream", "stream_options", "seed", "logprobs", "metadata")
    raw = body(chat() | dict.fromkeys(optional))
    assert parse_chat_request(raw) == parse_chat_request(body(chat()))


def test_messages_of_every_role_are_read() -> None:
    messages: list[Json] = [
        {"role": "developer", "content": "be brief"},
        {"role": "system", "content": [PART, PART], "name": "boss"},
        {"role": "user", "content": [PART, {"type": "image_url", "image_url": {"url": GIF}}]},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "42", "tool_call_id": "call_1"},
        {"role": "assistant", "content": "done", "refusal": None, "annotations": [], "audio": None},
        {"role": "function", "name": "look", "content": None},
    ]
    read = parse_chat_request(body(chat(messages=messages))).messages
    assert [message.text for message in read] == ["be brief", "hihi", "hi", "", "42", "done", ""]
    assert (read[1].name, read[3].tool_calls[0].payload) == ("boss", "{}")
    assert [(each.format, each.width, each.height) for each in read[2].attachments] == [("gif", 1, 2)]


def test_the_smaller_of_two_limits_counts() -> None:
    assert parse_chat_request(body(chat(max_tokens=9, max_completion_tokens=5))).max_tokens == 5


def test_what_only_engines_need_is_kept_as_options() -> None:
    read = parse_chat_request(body(chat(tools=[TOOL], user="u", temperature=1, verbosity="low")))
    assert set(read.options) == {"user", "verbosity"}
