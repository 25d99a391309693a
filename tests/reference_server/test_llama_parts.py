"""What llama.cpp is asked, and what is made of its chunks."""

from typing import Any

import pytest

from reference_server.engines.delta import Delta, TokenChance, Usage
from reference_server.engines.llama.failures import failure_in
from reference_server.engines.llama.requests import chat_body, messages
from reference_server.engines.llama.tools import choosing, chosen, offered, told_call
from reference_server.engines.llama.words import Words
from reference_server.protocol.chat_request import ChatRequest, Message, Tool, ToolCall, ToolChoice

TOOLS = (Tool("get_time"), Tool("note", "custom"))
Json = dict[str, Any]


def request(*messages: Message, **rest: Any) -> ChatRequest:
    return ChatRequest(model="m", messages=messages or (Message("user", "Hello"),), **rest)


def chunk(text: str, *tokens: bytes, **rest: Any) -> Json:
    content = [{"bytes": list(token), "logprob": -0.5, "top_logprobs": []} for token in tokens]
    logprobs = {"content": content} if tokens else None
    return {"choices": [{"delta": {"content": text}, "logprobs": logprobs, "finish_reason": None}], **rest}


def said(words: Words, *chunks: Json) -> list[Delta]:
    return [delta for each in chunks for delta in words.take(each)]


def test_what_may_begin_a_stop_sequence_is_held_back() -> None:
    words = Words(["END"])
    assert said(words, chunk("a "), chunk("E")) == [Delta(text="a ")]
    assert said(words, chunk("x")) == [Delta(text="E"), Delta(text="x")]
    assert said(words, chunk("bEN"), chunk("D c")) == []
    assert words.is_over
    assert list(words.end()) == [Delta(text="b"), Delta(finish="stop", stop="END")]


def test_a_token_that_is_cut_keeps_its_odds() -> None:
    words = Words(["!"])
    assert said(words, chunk("no!", b"no!")) == []
    assert next(words.end()) == Delta(text="no", chances=(TokenChance(b"no", -0.5),))


def test_tokens_that_are_parts_of_a_character_are_told_as_one() -> None:
    words = Words([])
    assert said(words, chunk("🎉", b"\x89")) == [Delta(text="🎉", chances=(TokenChance("🎉".encode(), -0.5),))]


def test_what_is_impossible_has_odds_that_json_can_hold() -> None:
    told = chunk("a", b"a")
    told["choices"][0]["logprobs"]["content"][0]["logprob"] = -3.4e38
    assert said(Words([]), told)[0].chances[0].logprob == -9999.0


def test_thoughts_are_no_content() -> None:
    told = {"choices": [{"delta": {"reasoning_content": "Hm."}, "finish_reason": None}]}
    assert said(Words([]), told) == [Delta(reasoning="Hm.")]


def test_the_usage_is_known_before_the_end() -> None:
    words = Words([])
    said(words, chunk("a", timings={"cache_n": 3, "prompt_n": 2, "predicted_n": 1}))
    assert words.usage == Usage(5, 1, 3)


def test_turns_of_the_same_role_are_one_and_calls_are_told_in_words() -> None:
    call = ToolCall("call_1", "get_time", "{}")
    told = messages(
        [
            Message("developer", "Be brief."),
            Message("user", "When?"),
            Message("assistant", tool_calls=(call,)),
            Message("tool", "14:05", tool_call_id="call_1"),
            Message("user", "Thanks."),
        ]
    )
    assert list(told) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "When?"},
        {"role": "assistant", "content": '{"name": "get_time", "arguments": {}}'},
        {"role": "user", "content": "Result: 14:05\n\nThanks."},
    ]


@pytest.mark.parametrize("seed", [-(2**63), -1, 0, 2**32 - 1, 2**63 - 1])
def test_every_seed_is_one_of_llamas_and_none_is_its_word_for_chance(seed: int) -> None:
    seeds = [chat_body(request(seed=seed), choice)["seed"] for choice in range(2)]
    assert all(0 <= each < 2**32 - 1 for each in seeds)
    assert len(set(seeds)) == 2


def test_a_grammar_leaves_the_choice_that_the_request_leaves() -> None:
    assert choosing(TOOLS, forced=True) == r'root ::= "{\"name\": \"get_time\"" | "{\"name\": \"note\""'
    assert choosing(TOOLS[:1], forced=False) == r'root ::= "{\"name\": \"get_time\"" | "no tool"'
    assert chosen(TOOLS, '{"name": "note"') == TOOLS[1]
    assert chosen(TOOLS, "no tool") is None
    assert told_call("note", '"x"') == '{"name": "note", "arguments": "x"}'


def test_only_tools_that_may_be_called_are_offered() -> None:
    assert offered(request(tools=TOOLS, tool_choice=ToolChoice("none"))) == []
    assert offered(request(tools=TOOLS, tool_choice=ToolChoice("auto", frozenset({"note"})))) == [TOOLS[1]]


def test_failures_are_told_as_openai_tells_them() -> None:
    words = "input (30 tokens) is too large to process. increase the physical batch size (current batch size: 16)"
    told = str(failure_in({"error": {"code": 500, "message": words}}))
    assert told.startswith("This model's maximum context length is 16 tokens, however you requested 30")
    refused = failure_in({"error": {"code": 400, "message": "no such thing"}})
    assert refused is not None
    assert (refused.status, refused.code) == (400, "invalid_value")
    broken = failure_in({"error": {"code": 500, "message": "out of memory"}})
    assert broken is not None
    assert "memory" not in broken.message
    assert failure_in({"choices": []}) is None
