"""Anthropic's requests: what becomes of them, and what can't be had."""

import json
from contextlib import suppress
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import Refusal
from reference_server.translators.anthropic.request import read
from tests.reference_server.asking import Json, body
from tests.reference_server.messages import anything, asking, places

PDF = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}
CALLED = [
    {"role": "user", "content": "What is the weather?"},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "x"},
            {"type": "text", "text": "I look."},
            {"type": "tool_use", "id": "a", "name": "weather", "input": {"city": "Paris"}},
            {
                "type": "tool_use",
                "id": "b",
                "name": "time",
                "input": {},
                "caller": {"type": "direct"},
                "toolset_name": None,
            },
        ],
    },
]
WHOLE: Json = {
    "model": "m",
    "max_tokens": 3000,
    "system": [{"type": "text", "text": "Be brief."}],
    "messages": [
        *CALLED,
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "Sunny."}]},
                {"type": "tool_result", "tool_use_id": "b", "content": "Noon.", "is_error": True},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
                {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "x"}]}},
            ],
        },
    ],
    "tools": [{"name": "weather", "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "tool", "name": "weather"},
    "thinking": {"type": "enabled", "budget_tokens": 2000},
    "output_config": {"effort": "low"},
    "metadata": {"user_id": "u"},
    "stop_sequences": ["x"],
    "stream": True,
}


def result(call: str, content: Any = "Sunny.", **rest: Any) -> Json:
    return {"type": "tool_result", "tool_use_id": call, "content": content, **rest}


def put(asked: Json, version: str = "2026-10-21") -> Json:
    """The fields of a chat request that a request becomes."""
    fields: Json = json.loads(read(version, body(asked)).body)
    return fields


def refused(asked: Json, version: str = "2026-10-21") -> Refusal:
    with pytest.raises(Refusal) as told:
        read(version, body(asked))
    assert "\n" not in told.value.message
    return told.value


def test_parameters_get_their_other_names() -> None:
    asked = asking(
        "Hi",
        system=[
            {"type": "text", "text": "Be", "cache_control": {"type": "ephemeral"}},
            {"type": "text", "text": "brief."},
        ],
        stop_sequences=["END"],
        temperature=0.5,
        top_p=0.9,
        stream=True,
        metadata={"user_id": "u1"},
        service_tier="standard_only",
        thinking={"type": "enabled", "budget_tokens": 2000},
        max_tokens=3000,
    )
    assert put(asked, "2023-06-01") == {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": "Be"}, {"type": "text", "text": "brief."}]},
            {"role": "user", "content": "Hi"},
        ],
        "max_completion_tokens": 3000,
        "temperature": 0.5,
        "top_p": 0.9,
        "stream": True,
        "stream_options": {"include_usage": True},
        "stop": ["END"],
        "user": "u1",
        "service_tier": "default",
        "reasoning_effort": "low",
    }


@pytest.mark.parametrize(
    ("thinking", "effort"),
    [
        ({"type": "enabled", "budget_tokens": 4095}, "low"),
        ({"type": "enabled", "budget_tokens": 4096}, "medium"),
        ({"type": "enabled", "budget_tokens": 16384}, "high"),
        ({"type": "adaptive"}, None),
        ({"type": "disabled"}, None),
    ],
)
def test_a_budget_of_thought_is_an_effort(thinking: Json, effort: str | None) -> None:
    assert put(asking(thinking=thinking, max_tokens=20_000)).get("reasoning_effort") == effort


def test_an_effort_and_a_format_that_are_said_hold() -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    asked = put(asking(output_config={"effort": "max", "format": {"type": "json_schema", "schema": schema}}))
    assert asked["reasoning_effort"] == "max"
    assert asked["response_format"]["json_schema"] == {"name": "answer", "schema": schema, "strict": True}


@pytest.mark.parametrize(
    ("choice", "put_so"),
    [
        ({"type": "auto"}, {}),
        ({"type": "any"}, {"tool_choice": "required"}),
        ({"type": "none"}, {"tool_choice": "none"}),
        ({"type": "tool", "name": "t"}, {"tool_choice": {"type": "function", "function": {"name": "t"}}}),
        ({"type": "auto", "disable_parallel_tool_use": True}, {"parallel_tool_calls": False}),
    ],
)
def test_tools_are_functions(choice: Json, put_so: Json) -> None:
    tool = {"name": "t", "input_schema": {"type": "object"}, "strict": True, "cache_control": {"type": "ephemeral"}}
    asked = put(asking(tools=[tool], tool_choice=choice))
    assert asked["tools"] == [
        {"type": "function", "function": {"name": "t", "strict": True, "parameters": {"type": "object"}}}
    ]
    assert {key: asked[key] for key in ("tool_choice", "parallel_tool_calls") if key in asked} == put_so


def test_calls_and_their_results_are_turns() -> None:
    picture = {"type": "image", "source": {"type": "url", "url": "https://a.example/x.png"}}
    shown = result("b", [{"type": "text", "text": "Look:"}, picture], is_error=True)
    later = {"role": "user", "content": [shown, {"type": "text", "text": "So?"}]}
    asked = put(asking(messages=[*CALLED, {"role": "user", "content": [result("a")]}, later]))
    assert asked["messages"][1:] == [
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Paris"}'}},
                {"id": "b", "type": "function", "function": {"name": "time", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": "Sunny."},
        {"role": "tool", "tool_call_id": "b", "content": "Error: Look:"},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}},
                {"type": "text", "text": "So?"},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("block", "parts"),
    [
        (
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
            [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}],
        ),
        (
            {"type": "document", "source": PDF, "title": "A"},
            [
                {"type": "text", "text": "A"},
                {
                    "type": "file",
                    "file": {"filename": "document.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
                },
            ],
        ),
        ({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "B"}}, "B"),
        ({"type": "document", "source": {"type": "content", "content": "C"}}, "C"),
        (
            {"type": "search_result", "title": "D", "source": "s", "content": [{"type": "text", "text": "d"}]},
            [{"type": "text", "text": "D (s)"}, {"type": "text", "text": "d"}],
        ),
    ],
)
def test_what_is_shown_becomes_parts(block: Json, parts: Any) -> None:
    assert put(asking([block]))["messages"][0]["content"] == parts


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"max_tokens": None}, "max_tokens"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"unheard_of": 1}, "unheard_of"),
        ({"container": {"id": "x"}}, "container"),
        ({"mcp_servers": []}, "mcp_servers"),
        ({"stop_sequences": ["a", "b", "c", "d", "e"]}, "stop_sequences"),
        ({"temperature": 0.5}, "2023-06-01"),
        ({"tools": [{"type": "web_search_20260318", "name": "web_search"}]}, "web_search_20260318"),
        ({"tools": [{"name": "x"}]}, "tools[0].input_schema"),
        ({"thinking": {"type": "enabled", "budget_tokens": 5000}}, "budget_tokens"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "I"}]}, "prefill"),
        ({"messages": [{"role": "user", "content": [result("x")]}]}, "'x'"),
        ({"messages": [*CALLED, {"role": "user", "content": [result("a")]}]}, "'b'"),
        ({"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "file"}}]}]}, "file"),
        ({"messages": [{"role": "user", "content": [{"type": "video"}]}]}, "video"),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "document", "source": PDF, "citations": {"enabled": True}}]}
                ]
            },
            "citations",
        ),
    ],
)
def test_what_can_not_be_had_is_refused_in_a_line(changes: Json, said: str) -> None:
    told = refused(asking(**changes))
    assert told.status == 400
    assert said in told.message


@given(st.data())
@hypothesis.settings(deadline=None, max_examples=200)
def test_whatever_is_asked_is_put_or_refused(data: st.DataObject) -> None:
    asked = json.loads(json.dumps(WHOLE))
    holder, key = data.draw(st.sampled_from(list(places(asked))))
    holder[key] = data.draw(anything)
    for version in ("2023-06-01", "2026-10-21"):
        with suppress(Refusal):
            assert json.loads(read(version, body(asked)).body)["messages"]
