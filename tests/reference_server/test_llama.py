"""A real, small model behind a server: protocol is asserted, never text."""

import json
import math
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.reference_server.llama_asking import asking

CITY = {
    "type": "object",
    "properties": {"city": {"enum": ["Lisbon", "Oslo"]}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOLS = [{"type": "function", "function": {"name": name, "parameters": CITY}} for name in ("get_weather", "get_time")]
ENDLESS = {"logit_bias": {"2": -100}}
"""The model's own word for its end."""
Json = dict[str, Any]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx2.Client]:
    with asking() as client:
        yield client


def ask(client: httpx2.Client, path: str = "/chat/completions", **body: Any) -> httpx2.Response:
    said = {} if {"prompt", "input", "messages"} & body.keys() else {"messages": [question("Tell me of the sea.")]}
    return client.post(path, json={"model": "gpt-4o-mini", "max_tokens": 12, **said, **body})


def question(text: str) -> Json:
    return {"role": "user", "content": text}


def answer(client: httpx2.Client, **body: Any) -> Json:
    response = ask(client, **body)
    assert response.status_code == 200, response.text
    found: Json = response.json()
    return found


def chunks(response: httpx2.Response) -> list[Json]:
    assert response.status_code == 200, response.text
    data = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert data.pop() == "[DONE]"
    return [json.loads(each) for each in data]


def test_a_seed_gives_the_same_words_whole_and_as_a_stream(client: httpx2.Client) -> None:
    whole = answer(client, seed=7)["choices"][0]["message"]["content"]
    stream = chunks(ask(client, seed=7, stream=True))
    assert "".join(each["choices"][0]["delta"].get("content", "") for each in stream) == whole != ""


def test_the_usage_is_the_models(client: httpx2.Client) -> None:
    found = answer(client, max_tokens=5, **ENDLESS)
    assert found["usage"]["completion_tokens"] == 5
    assert found["choices"][0]["finish_reason"] == "length"
    longer = answer(client, max_tokens=1, messages=[question("Tell me of the sea, and of the moon above it.")])
    assert longer["usage"]["prompt_tokens"] > found["usage"]["prompt_tokens"] > 0


def test_tokens_are_counted_beforehand_as_they_are_charged(client: httpx2.Client) -> None:
    body = {"model": "gpt-4o-mini", "input": "Tell me of the sea."}
    counted = client.post("/responses/input_tokens", json=body).json()["input_tokens"]
    created = client.post("/responses", json={**body, "max_output_tokens": 16}).json()
    assert created["usage"]["input_tokens"] == counted


def test_several_choices_are_several_answers(client: httpx2.Client) -> None:
    found = answer(client, n=3, seed=1, max_tokens=8)
    assert [each["index"] for each in found["choices"]] == [0, 1, 2]
    assert len({each["message"]["content"] for each in found["choices"]}) == 3
    assert found["usage"]["completion_tokens"] > 8


def test_a_forced_tool_is_called_with_arguments_that_fit(client: httpx2.Client) -> None:
    choice = {"type": "function", "function": {"name": "get_time"}}
    found = answer(client, tools=TOOLS, tool_choice=choice, max_tokens=64)["choices"][0]
    (call,) = found["message"]["tool_calls"]
    assert call["function"]["name"] == "get_time"
    assert json.loads(call["function"]["arguments"])["city"] in ("Lisbon", "Oslo")
    assert found["finish_reason"] == "stop"


@pytest.mark.parametrize("seed", range(3))
def test_a_required_tool_is_one_of_those_allowed(client: httpx2.Client, seed: int) -> None:
    found = answer(client, tools=TOOLS, tool_choice="required", max_tokens=64, seed=seed)["choices"][0]
    assert found["message"]["tool_calls"][0]["function"]["name"] in ("get_weather", "get_time")
    assert found["finish_reason"] == "tool_calls"


def test_a_model_may_choose_not_to_call(client: httpx2.Client) -> None:
    found = [answer(client, tools=TOOLS, seed=seed, max_tokens=24)["choices"][0]["message"] for seed in range(4)]
    assert all((each["content"] is None) == bool(each.get("tool_calls")) for each in found)


def test_a_prompt_with_tools_costs_the_same_whatever_is_chosen(client: httpx2.Client) -> None:
    body: Json = {"messages": [question("What time is it in Oslo?")], "tools": TOOLS, "max_tokens": 8}
    counts = {answer(client, seed=seed, **body)["usage"]["prompt_tokens"] for seed in range(3)}
    assert counts == {answer(client, tool_choice="required", **body)["usage"]["prompt_tokens"]}


def test_a_custom_tool_takes_text_up_to_its_end(client: httpx2.Client) -> None:
    tool = {"type": "custom", "custom": {"name": "note", "description": "Keeps a note."}}
    found = answer(client, tools=[tool], tool_choice="required", max_tokens=40)["choices"][0]
    assert '"' not in found["message"]["tool_calls"][0]["custom"]["input"]


def test_a_conversation_with_calls_and_results_goes_on(client: httpx2.Client) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "get_time", "arguments": '{"city":"Oslo"}'}}
    messages = [
        question("What time is it in Oslo?"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "14:05"},
    ]
    (choice,) = answer(client, messages=messages, tools=TOOLS, tool_choice="none")["choices"]
    assert choice["finish_reason"] in ("stop", "length")
    assert "tool_calls" not in choice["message"]


def test_an_answer_keeps_to_its_schema(client: httpx2.Client) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "place", "schema": CITY, "strict": True}}
    found = answer(client, response_format=form, max_tokens=60)["choices"][0]
    assert json.loads(found["message"]["content"])["city"] in ("Lisbon", "Oslo")
    assert found["finish_reason"] == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_the_tokens_of_logprobs_are_those_of_the_text(client: httpx2.Client, *, stream: bool) -> None:
    body: Json = {"messages": [question("Repeat: 🎉 é 日本")], "temperature": 0, "logprobs": True, "top_logprobs": 2}
    if stream:
        choices = [each["choices"][0] for each in chunks(ask(client, stream=True, **body))]
        text = "".join(each["delta"].get("content", "") for each in choices)
        tokens = [token for each in choices if each["logprobs"] for token in each["logprobs"]["content"]]
    else:
        (choice,) = answer(client, **body)["choices"]
        text, tokens = choice["message"]["content"], choice["logprobs"]["content"]
    assert bytes(byte for each in tokens for byte in each["bytes"]).decode() == text
    assert all(each["logprob"] <= 0 and math.isfinite(each["logprob"]) for each in tokens)
    assert all(len(each["top_logprobs"]) == 2 for each in tokens)


def test_an_answer_ends_before_a_stop_sequence(client: httpx2.Client) -> None:
    body: Json = {"prompt": "One, two, three,", "seed": 3, "max_tokens": 24, "logprobs": 1, **ENDLESS}
    whole = answer(client, path="/completions", **body)["choices"][0]["text"]
    middle = len(whole) // 2
    stop = whole[middle : middle + 3]
    (choice,) = answer(client, path="/completions", **body, stop=[stop])["choices"]
    assert choice["text"] == whole[: whole.index(stop)] == "".join(choice["logprobs"]["tokens"])
    assert choice["finish_reason"] == "stop"


def test_no_tokens_at_all_can_be_asked_for(client: httpx2.Client) -> None:
    found = answer(client, path="/completions", prompt="One, two", max_tokens=0)
    assert found["choices"][0]["text"] == ""
    assert found["usage"]["total_tokens"] == found["usage"]["prompt_tokens"] > 0


def test_odds_of_the_prompt_are_not_made_up(client: httpx2.Client) -> None:
    refused = ask(client, path="/completions", prompt="One, two", echo=True, logprobs=1)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "echo")


def test_vectors_are_the_same_alone_and_together(client: httpx2.Client) -> None:
    texts = ["Copper conducts electricity.", "Bread needs time to rise.", "The keeper wound the clock."]
    body = {"model": "text-embedding-3-small"}
    together = client.post("/embeddings", json={**body, "input": texts}).json()["data"]
    for text, found in zip(texts, together, strict=True):
        alone = client.post("/embeddings", json={**body, "input": text}).json()["data"][0]["embedding"]
        assert sum(one * other for one, other in zip(alone, found["embedding"], strict=True)) > 0.999


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/chat/completions", {"messages": [question("sea " * 2000)]}, 400, "context_length_exceeded"),
        ("/embeddings", {"input": "sea " * 2000}, 400, "context_length_exceeded"),
        ("/embeddings", {"input": "sea", "dimensions": 8}, 400, "unsupported_parameter"),
        ("/moderations", {"input": "sea"}, 404, "model_not_supported"),
        ("/completions", {"prompt": "sea", "suffix": "moon"}, 400, "unsupported_parameter"),
    ],
)
def test_what_it_can_not_do_is_refused(client: httpx2.Client, path: str, body: Json, status: int, code: str) -> None:
    refused = client.post(path, json={"model": "gpt-4o-mini", **body})
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code), refused.text


def test_images_are_refused(client: httpx2.Client) -> None:
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{pixel}"}}
    refused = ask(client, messages=[{"role": "user", "content": [image]}])
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "messages")


def test_whoever_leaves_makes_room() -> None:
    with asking(slots=1) as client:
        body = {"model": "m", "messages": [question("Count to a thousand.")], "stream": True, **ENDLESS}
        for _ in range(3):
            with client.stream("POST", "/chat/completions", json=body) as response:
                next(response.iter_bytes())
        # Three answers of a thousand tokens each would be waited for longer than a client waits.
        assert answer(client, max_tokens=1)["usage"]["completion_tokens"] == 1


def test_answers_are_made_at_the_same_time() -> None:
    with asking(slots=2) as client:
        first = threading.Event()

        def long() -> None:
            with client.stream("POST", "/chat/completions", json=body) as response:
                for _ in response.iter_bytes():
                    first.set()

        body = {
            "model": "m",
            "messages": [question("Count.")],
            "stream": True,
            "max_tokens": 200,
            "logit_bias": {"2": -100},
        }
        thread = threading.Thread(target=long)
        thread.start()
        assert first.wait(60)
        answer(client, max_tokens=1)
        assert thread.is_alive()
        thread.join()
