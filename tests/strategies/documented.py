"""What the SDK's types and our rules say of requests."""

from functools import cache
from typing import Any

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

from cozecheck.contract.parameters import faults
from cozecheck.contract.prompt_parameters import completion_faults, embedding_faults
from cozecheck.contract.response_parameters import response_faults

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
    **dict.fromkeys(TYPES, lambda _body: ()),
    "chat.completions.create": faults,
    "completions.create": completion_faults,
    "embeddings.create": embedding_faults,
    "responses.create": response_faults,
}


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of an operation's parameters, `stream` among them."""
    return TypeAdapter(TYPES[name]).json_schema()
