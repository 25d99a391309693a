"""Anthropic's messages: what a request becomes, what an answer becomes, and what can't be had."""

import asyncio
import json
import logging
from base64 import b64encode
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from reference_server.app import create_app
from reference_server.errors import Refusal
from reference_server.settings import Key, Model, Settings, SyntheticEngine
from reference_server.translators.anthropic.request import read
from tests.probe import hostile
from tests.reference_server.asking import Json, app, ask, body, chat, post
from tests.reference_server.messages import MESSAGES, OLDER, VERSION, asking, events, message, refusal, send
from tests.reference_server.test_media import PNG
from tests.reference_server.upstreams import Listening, as_json, through

KEY = "sk-right-0123456789-abcdef"
PDF = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}
CALLED = [
    {"role": "user", "content": "What is the weather?"},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "x"},
            {"type": "text", "text": "I look."},
            {"type": "tool_use", "id": "a", "name": "weather", "input": {"city": "Paris"}},
            {"type": "tool_use", "id": "b", "name": "time", "input": {}},
        ],
    },
]


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


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (b"400 x", (400, "invalid_request_error")),
        (b"404 x", (404, "not_found_error")),
        (b"422 x", (422, "invalid_request_error")),
        (b"429 x", (429, "rate_limit_error")),
        (b"500 x", (500, "api_error")),
        (b"401 x", (502, "api_error")),
    ],
)
def test_what_an_upstream_refuses_is_told_in_the_envelope(status: bytes, told: tuple[int, str]) -> None:
    upstream = Listening(as_json({"error": {"message": "No.", "type": "x"}}, status))
    response = through(upstream, asking(), MESSAGES, VERSION)
    assert (response.status_code, refusal(response)["type"]) == told


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", MESSAGES, 405, "invalid_request_error"),
        ("POST", f"{MESSAGES}/batches", 404, "not_found_error"),
        ("POST", f"{MESSAGES}/count_tokens", 400, "invalid_request_error"),
        ("POST", MESSAGES, 400, "invalid_request_error"),
    ],
)
def test_every_refusal_below_its_path_is_in_the_envelope(method: str, path: str, status: int, kind: str) -> None:
    response = ask(app(), method, path, VERSION, content=b"{")
    assert (response.status_code, refusal(response)["type"]) == (status, kind)


def test_a_body_that_is_too_large_is_told_so() -> None:
    response = send(app(max_body_bytes=100), asking("x" * 200))
    assert (response.status_code, refusal(response)["type"]) == (413, "request_too_large")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic x"}, {"x-api-key": " "}])
def test_a_missing_key_is_asked_for(headers: dict[str, str]) -> None:
    response = send(app(keys=(KEY,)), asking(), headers)
    assert (response.status_code, refusal(response)["type"]) == (401, "authentication_error")
    assert "www-authenticate" not in response.headers


@pytest.mark.parametrize("headers", [{"x-api-key": KEY}, {"authorization": f"Bearer {KEY}"}])
def test_a_key_opens_by_either_header(headers: dict[str, str]) -> None:
    assert message(send(app(keys=(KEY,)), asking(), headers))["content"]


def test_openais_paths_do_not_take_the_other_header() -> None:
    assert post(app(keys=(KEY,)), chat(), {"x-api-key": KEY}).status_code == 401


@pytest.mark.parametrize("version", [{}, {"anthropic-version": "2020-01-01"}])
@pytest.mark.parametrize("path", [MESSAGES, f"{MESSAGES}/count_tokens"])
def test_a_version_is_wanted(version: dict[str, str], path: str) -> None:
    response = ask(app(), "POST", path, version, json=asking())
    assert response.status_code == 400
    assert "anthropic-version" in refusal(response)["message"]


def test_both_versions_are_spoken() -> None:
    server = app()
    assert message(send(server, asking(temperature=0.5), OLDER))["content"]
    assert "temperature" in refusal(send(server, asking(temperature=0.5)))["message"]


def test_limits_are_shared_with_openais_protocol() -> None:
    server = app(keys=(KEY,), rate_limits={"rpm": 2})
    with_key = {"x-api-key": KEY}
    assert post(server, chat(), {"authorization": f"Bearer {KEY}"}).status_code == 200
    assert message(send(server, asking(), with_key))
    refusing = send(server, asking(), with_key)
    assert (refusing.status_code, refusal(refusing)["type"]) == (429, "rate_limit_error")
    assert refusing.headers["retry-after"]
    assert send(server, asking(max_tokens=None), with_key, f"{MESSAGES}/count_tokens").status_code == 429


def test_a_key_opens_its_models_only() -> None:
    server = create_app(Settings(keys=(Key(value=SecretStr(KEY), models=("gpt-4o",)),)))
    for path, asked in ((MESSAGES, asking()), (f"{MESSAGES}/count_tokens", asking(max_tokens=None))):
        response = send(server, asked, {"x-api-key": KEY}, path)
        assert (response.status_code, refusal(response)["type"]) == (404, "not_found_error")


def test_answers_are_kept_by_protocol() -> None:
    server = app(cache={"responses": {}})
    asked = asking(temperature=0, stop_sequences=["two"])
    first, again = send(server, asked, OLDER), send(server, asked, OLDER)
    assert (first.headers["x-cache"], again.headers["x-cache"]) == ("MISS", "HIT")
    assert message(again) == message(first)
    plain = post(server, chat("Say exactly: one two three", temperature=0, stop=["two"], max_completion_tokens=100))
    assert plain.headers["x-cache"] == "MISS"


def test_a_full_queue_is_an_overload() -> None:
    engine = SyntheticEngine(name="base", max_concurrent=1, queue=0, first_token_delay=0.2)

    async def both() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app(engines=(engine,)))
        async with httpx2.AsyncClient(transport=transport, base_url="http://server", headers=VERSION) as client:
            return list(await asyncio.gather(*[client.post(MESSAGES, json=asking()) for _ in range(2)]))

    served, overloaded = asyncio.run(both())
    assert message(served)
    assert (overloaded.status_code, refusal(overloaded)["type"]) == (529, "overloaded_error")
    assert overloaded.headers["retry-after"]


def test_it_is_on_record_by_its_own_name_and_counts_like_any_other(caplog: pytest.LogCaptureFixture) -> None:
    server = app()
    with caplog.at_level(logging.INFO):
        message(send(server, asking()))
    (line,) = [record.__dict__["fields"] for record in caplog.records if record.message == "request"]
    assert (line["operation"], line["engine"], line["tokens_out"]) == ("/messages", "base", 3)
    counted = ask(server, "GET", "/metrics").text
    assert 'coze_adapter_generation_tokens_total{usage_source="engine"} 3.0' in counted


def test_it_can_be_switched_off() -> None:
    response = send(app(anthropic_compatibility={"enabled": False}), asking())
    assert (response.status_code, set(response.json())) == (404, {"error"})


def test_an_image_that_is_none_is_refused() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": b64encode(PNG[:9]).decode()}
    response = send(app(), asking([{"type": "image", "source": source}]))
    assert refusal(response)["type"] == "invalid_request_error"


def test_a_model_is_shown_by_its_snapshot() -> None:
    server = app(models=[Model(id="gpt-4o-mini", snapshot="gpt-4o-mini-2024-07-18")])
    assert message(send(server, asking()))["model"] == "gpt-4o-mini-2024-07-18"
