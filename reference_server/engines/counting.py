"""Prompt tokens by OpenAI's published counting rule for chats."""

from reference_server.engines.tokenizer import encode
from reference_server.protocol.chat_request import Message

PER_MESSAGE = 3
PER_NAME = 1
PRIMING = 3
PER_ATTACHMENT = 85


def count_prompt(messages: tuple[Message, ...]) -> int:
    """Count the tokens of a conversation.

    OpenAI's cookbook, "How to count tokens with tiktoken": 3 tokens a message, those of its
    role and content, those of its name and 1, and 3 to prime the answer. Images cost 85
    (detail "low"); sounds and files are counted like images. Tool calls count as their text.
    """
    return PRIMING + sum(map(count_message, messages))


def count_message(message: Message) -> int:
    """Count one message."""
    named = PER_NAME + len(encode(message.name)) if message.name else 0
    called = sum(len(encode(call.name)) + len(encode(call.payload)) for call in message.tool_calls)
    spoken = len(encode(message.role)) + len(encode(message.text))
    return PER_MESSAGE + spoken + named + called + PER_ATTACHMENT * message.attachments
