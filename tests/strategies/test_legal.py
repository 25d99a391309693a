import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openai.types import (
    batch_create_params,
    completion_create_params,
    embedding_create_params,
    image_generate_params,
    moderation_create_params,
)
from openai.types.audio import speech_create_params
from openai.types.chat import completion_create_params as chat_create_params
from openai.types.conversations import conversation_create_params, conversation_update_params, item_create_params
from openai.types.responses import input_token_count_params, response_create_params
from pydantic import TypeAdapter

from cozecheck.contract.operations import OPERATIONS as KNOWN_OPERATIONS
from cozecheck.contract.operations import operation
from cozecheck.contract.parameters import faults
from cozecheck.contract.prompt_parameters import completion_faults, embedding_faults
from cozecheck.contract.response_parameters import response_faults
from cozecheck.exchange import Request
from cozecheck.strategies import OPERATIONS, legal
from tests.strategies.samples import SUBJECT, sample

TYPES: dict[str, Any] = {
    "chat.completions.create": chat_create_params.CompletionCreateParamsBase,
    "completions.create": completion_create_params.CompletionCreateParamsBase,
    "embeddings.create": embedding_create_params.EmbeddingCreateParams,
    "moderations.create": moderation_create_params.ModerationCreateParams,
    "responses.create": response_create_params.ResponseCreateParamsBase,
    "responses.input_tokens.count": input_token_count_params.InputTokenCountParams,
    "conversations.create": conversation_create_params.ConversationCreateParams,
    "conversations.update": conversation_update_params.ConversationUpdateParams,
    "conversations.items.create": item_create_params.ItemCreateParams,
    "batches.create": batch_create_params.BatchCreateParams,
    "images.generate": image_generate_params.ImageGenerateParamsBase,
    "audio.speech.create": speech_create_params.SpeechCreateParams,
}
FAULTS: dict[str, Any] = {
    "chat.completions.create": faults,
    "completions.create": completion_faults,
    "embeddings.create": embedding_faults,
    "responses.create": response_faults,
}


@pytest.mark.parametrize("name", TYPES)
def test_a_legal_request_is_what_the_sdk_types_say(name: str) -> None:
    validator = Draft202012Validator(TypeAdapter(TYPES[name]).json_schema())
    for case in sample(legal(name, SUBJECT), 150):
        assert [error.message for error in validator.iter_errors(case.send.json)] == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_legal_request_has_no_faults(name: str) -> None:
    for case in sample(legal(name, SUBJECT), 150):
        assert list(FAULTS[name](case.send.json)) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_legal_request_reaches_its_operation(name: str) -> None:
    for case in sample(legal(name, SUBJECT), 20):
        reached = operation(Request(case.send.method, "/v1" + case.send.path))
        assert (reached and reached.name, case.operation, case.mutation, case.param) == (name, name, "", "")


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_request_costs_little(name: str) -> None:
    assert max(case.send.tokens for case in sample(legal(name, SUBJECT), 150)) < 10_000


def test_every_operation_that_takes_a_body_is_drawn() -> None:
    bodiless = {"responses.cancel", "batches.cancel"}
    assert set(OPERATIONS) == {known.name for known in KNOWN_OPERATIONS if known.method == "POST"} - bodiless


def test_texts_of_every_plane_are_drawn() -> None:
    text = "".join(json.dumps(dict(case.send.json or {}), ensure_ascii=False) for case in _chats())
    assert {0, 1, 2, 14, 16} <= {ord(character) >> 16 for character in text}


@pytest.mark.parametrize("name", ["tools", "tool_choice", "functions", "response_format", "stream_options", "logprobs"])
def test_parameters_are_drawn_together(name: str) -> None:
    bodies = [case.send.json or {} for case in _chats() if name in (case.send.json or {})]
    assert len({other for body in bodies for other in body}) > 10


def test_what_must_not_stand_beside_a_prediction_does_not() -> None:
    assert not [
        body for case in _chats() if "prediction" in (body := case.send.json or {}) and {"n", "tools"} & {*body}
    ]


@pytest.mark.parametrize("role", ["developer", "system", "user", "assistant", "tool", "function"])
def test_every_role_speaks(role: str) -> None:
    assert role in {message["role"] for case in _chats() for message in (case.send.json or {})["messages"]}


def _chats() -> list[Any]:
    return sample(legal("chat.completions.create", SUBJECT), 400)
