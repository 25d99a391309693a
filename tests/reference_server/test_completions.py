"""Completions of prompts: texts, several prompts, the prompt repeated, logprobs, streams."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from reference_server.engines.delta import Delta, TokenChance, Usage
from reference_server.engines.prompts import Written, written
from reference_server.formatting.openai_completions import Frame, chunks
from reference_server.settings import SyntheticEngine
from tests.reference_server.asking import Json, app, ask, error, events

PATH = "/v1/completions"


def sent(prompt: Any, **asked: Any) -> httpx2.Response:
    body = {"model": "gpt-4o-mini", "prompt": prompt, "seed": 1, **asked}
    return ask(app(), "POST", PATH, json={key: value for key, value in body.items() if value is not ...})


def complete(prompt: Any, **asked: Any) -> Json:
    body: Json = sent(prompt, **asked).json()
    return body


def streamed(prompt: Any, **asked: Any) -> list[Json]:
    *data, done = events(sent(prompt, stream=True, **asked))
    assert done == "[DONE]"
    return [json.loads(each) for each in data]


def texts(answer: Json) -> list[str]:
    return [choice["text"] for choice in answer["choices"]]


def test_a_completion_is_whole() -> None:
    answer = complete("Count to 3", max_tokens=20)
    assert answer["id"].startswith("cmpl-")
    assert (answer["object"], answer["model"]) == ("text_completion", "gpt-4o-mini-2024-07-18")
    assert answer["choices"] == [{"text": "1, 2, 3", "index": 0, "logprobs": None, "finish_reason": "stop"}]
    assert answer["usage"] == {"prompt_tokens": 4, "completion_tokens": 7, "total_tokens": 11}


def test_sixteen_tokens_come_where_nothing_is_said() -> None:
    answer = complete("The capital of France is")
    assert (answer["usage"]["completion_tokens"], answer["choices"][0]["finish_reason"]) == (16, "length")


def test_every_prompt_has_its_choices() -> None:
    answer = complete(["Say: one", "Say: two"], n=2, best_of=3)
    assert texts(answer) == ["one", "one", "two", "two"]
    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2, 3]
    assert answer["usage"]["completion_tokens"] == 6


def test_tokens_are_one_prompt_and_arrays_are_several() -> None:
    assert texts(complete([24912, 2375], echo=True, max_tokens=0)) == ["hello world"]
    assert texts(complete([[24912, 2375], [24912]], echo=True, max_tokens=0)) == ["hello world", "hello"]


def test_a_prompt_of_null_is_an_empty_one() -> None:
    answer = complete(None, max_tokens=0)
    assert (texts(answer), answer["usage"]) == ([""], {"prompt_tokens": 1, "total_tokens": 1})


def test_logprobs_are_those_of_prompt_and_completion() -> None:
    answer = complete("Count to 3", echo=True, logprobs=2, max_tokens=2)["choices"][0]
    odds = answer["logprobs"]
    assert "".join(odds["tokens"]) == answer["text"] == "Count to 31,"
    assert (odds["token_logprobs"][0], odds["top_logprobs"][0]) == (None, None)
    assert all(value < 0 for value in odds["token_logprobs"][1:])
    assert [len(entry) for entry in odds["top_logprobs"][1:]] == [2] * 5
    places = zip(odds["tokens"], odds["text_offset"], strict=True)
    assert all(answer["text"][at:].startswith(token) for token, at in places)


def test_offsets_count_from_the_beginning_of_the_prompt() -> None:
    assert complete("Count to 3", logprobs=1, max_tokens=2)["choices"][0]["logprobs"]["text_offset"] == [10, 11]


def test_half_a_character_takes_no_room() -> None:
    odds = complete("\N{PARTY POPPER}", echo=True, logprobs=0, max_tokens=0)["choices"][0]["logprobs"]
    assert all(token.startswith("bytes:") for token in odds["tokens"])
    assert odds["text_offset"] == [0] * len(odds["tokens"])


def test_a_stream_says_what_a_body_says() -> None:
    whole = complete(["Count to 3", "Say: two"], echo=True, logprobs=1)
    parts = streamed(["Count to 3", "Say: two"], echo=True, logprobs=1, stream_options={"include_usage": True})
    said = {0: "", 1: ""}
    for part in parts[:-1]:
        said[part["choices"][0]["index"]] += part["choices"][0]["text"]
    assert list(said.values()) == texts(whole)
    assert [part["usage"] for part in parts] == [None] * (len(parts) - 1) + [whole["usage"]]
    assert parts[-1]["choices"] == []
    assert [part["choices"][0]["finish_reason"] for part in parts[:-1]].count("stop") == 2


def test_usage_is_not_sent_unasked() -> None:
    assert not any("usage" in part for part in streamed("Count to 3"))


@pytest.mark.parametrize(
    ("asked", "param", "code"),
    [
        ({"prompt": ...}, "prompt", "missing_required_parameter"),
        ({"prompt": []}, "prompt", "empty_array"),
        ({"prompt": 3}, "prompt", "invalid_type"),
        ({"prompt": ["a", 3]}, "prompt[1]", "invalid_type"),
        ({"prompt": [1, "a"]}, "prompt[1]", "invalid_type"),
        ({"prompt": [199_998]}, None, None),
        ({"logprobs": 6}, "logprobs", "integer_above_max_value"),
        ({"max_tokens": -1}, "max_tokens", "integer_below_min_value"),
        ({"n": 2, "best_of": 1}, "best_of", "integer_below_min_value"),
        ({"best_of": 2, "stream": True}, "best_of", None),
        ({"stream_options": {"include_usage": True}}, "stream_options", None),
        ({"messages": []}, "messages", "unknown_parameter"),
        ({"model": "nope"}, None, "model_not_found"),
    ],
)
def test_what_is_wrong_is_refused_by_name(asked: Json, param: str | None, code: str | None) -> None:
    response = sent(**{"prompt": "a", **asked})
    assert response.status_code in (400, 404)
    assert (error(response)["param"], error(response)["code"]) == (param, code)


@pytest.mark.parametrize("stream", [True, False])
def test_a_prompt_that_is_too_long_is_refused_in_tokens_of_its_own(*, stream: bool) -> None:
    small = app(engines=[SyntheticEngine(name="base", context_length=50)])
    asked = {"model": "gpt-4o-mini", "prompt": "word " * 100, "stream": stream}
    refusal = error(ask(small, "POST", PATH, json=asked))
    assert (refusal["param"], refusal["code"]) == ("prompt", "context_length_exceeded")
    assert "50 tokens" in refusal["message"]


async def breaking() -> AsyncIterator[Delta]:
    yield Delta(0, "a", chances=(TokenChance(b"a", -0.1),))
    yield Delta(usage=Usage(1, 1))
    raise RuntimeError("broken")


def test_a_failure_in_mid_stream_is_an_event_and_then_there_is_no_done() -> None:
    frame = Frame(id="cmpl-1", created=0, model="m", request_id="req_1", prompts=[Written("p", (b"p",))])

    async def collect() -> list[bytes]:
        return [each async for each in chunks(breaking(), frame)]

    *_, last = asyncio.run(collect())
    assert json.loads(last.removeprefix(b"data: "))["error"]["type"] == "server_error"


def test_a_prompt_is_read_by_its_tokens() -> None:
    assert written((24912, 2375)) == written("hello world") == Written("hello world", (b"hello", b" world"))
