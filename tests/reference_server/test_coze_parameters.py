"""The table of what Coze does with each parameter: it is whole, and it is true."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from docs import coze
from reference_server.protocol import openai_completions, openai_parameters, openai_responses
from reference_server.settings.coze import BEHAVIOURS
from tests.reference_server.asking import Json, chat, error
from tests.reference_server.coze_asking import MODEL, in_front_of
from tests.reference_server.fake_coze import FakeCoze

FUNCTION = {"name": "f", "parameters": {"type": "object"}}
VALUES: Mapping[str, Any] = {
    "audio": {"format": "wav", "voice": "alloy"},
    "background": True,
    "best_of": 2,
    "frequency_penalty": 1,
    "function_call": "none",
    "functions": [FUNCTION],
    "logit_bias": {"1": 1},
    "logprobs": True,
    "max_tool_calls": 1,
    "modalities": ["audio"],
    "moderation": {"model": "omni-moderation-latest"},
    "n": 2,
    "parallel_tool_calls": False,
    "prediction": {"type": "content", "content": "x"},
    "presence_penalty": 1,
    "prompt_cache_key": "x",
    "prompt_cache_options": {"mode": "implicit"},
    "prompt_cache_retention": "24h",
    "reasoning": {"effort": "low"},
    "reasoning_effort": "low",
    "response_format": {"type": "json_object"},
    "seed": 1,
    "service_tier": "flex",
    "suffix": "x",
    "temperature": 0.5,
    "text": {"format": {"type": "json_object"}},
    "tool_choice": "none",
    "tools": [{"type": "function", "function": FUNCTION}],
    "top_logprobs": 2,
    "top_p": 0.5,
    "truncation": "auto",
    "verbosity": "low",
    "web_search_options": {"search_context_size": "low"},
}
"""Of each parameter that Coze lacks, a value that asks for something."""
RESPONSES = {"background", "max_tool_calls", "reasoning", "text", "truncation"}
COMPLETIONS = {"best_of", "suffix"}
LACKING = sorted(name for name, each in BEHAVIOURS.items() if each.lacks)


def test_the_table_has_every_parameter_and_no_other() -> None:
    chats = {*openai_parameters.REQUIRED, *openai_parameters.OPTIONAL}
    responses = {"model", *openai_responses.OPTIONAL}
    completions = {*openai_completions.required, *openai_completions.optional}
    assert set(BEHAVIOURS) == chats | responses | completions
    assert set(LACKING) == set(VALUES)


def test_the_page_has_every_row() -> None:
    page = coze.page()
    assert all(f"| `{name}` | {coze.WORDS[each.how]} |" in page for name, each in BEHAVIOURS.items())


def asked(client: httpx2.Client, name: str) -> httpx2.Response:
    given: Json = {name: VALUES[name]}
    if name in RESPONSES:
        return client.post("/responses", json={"model": MODEL, "input": "JSON, please", **given})
    if name in COMPLETIONS:
        return client.post("/completions", json={"model": MODEL, "prompt": "Hello", **given})
    # Whoever says what is to be called offers it, and top_logprobs goes with logprobs.
    beside = {"top_logprobs": {"logprobs": True}}.get(name, {})
    return client.post("/chat/completions", json=chat("JSON, please", **beside, **given))


def test_what_is_lacking_is_dropped_told_or_refused_as_the_table_says() -> None:
    with in_front_of(FakeCoze("cloud")) as client:
        for name in LACKING:
            response, how = asked(client, name), BEHAVIOURS[name].how
            if how == "refuse":
                assert (response.status_code, error(response)["param"]) == (400, name)
            else:
                dropped = response.headers.get("x-adapter-dropped-params", "")
                assert (response.status_code, dropped) == (200, name if how == "warn" else "")


@pytest.mark.parametrize("path", ["embeddings", "moderations", "images/generations", "audio/speech"])
def test_what_is_no_conversation_is_not_served(path: str) -> None:
    asked = {"model": MODEL, "input": "Hello", "prompt": "Hello", "voice": "alloy"}
    with in_front_of(FakeCoze("cloud")) as client:
        response = client.post(f"/{path}", json=asked)
    assert (response.status_code, error(response)["code"]) == (404, "model_not_supported")
