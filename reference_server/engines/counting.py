"""Prompt tokens by OpenAI's published counting rule for chats."""

import json
from math import ceil

from reference_server.engines.tokenizer import encode
from reference_server.protocol.chat_request import Message, Tool
from reference_server.protocol.media import Attachment

PER_MESSAGE = 3
PER_NAME = 1
PRIMING = 3
PER_ATTACHMENT = 85
PER_TILE = 170
TILE = 512
LONGEST = 2048
SHORTEST = 768


def count_prompt(messages: tuple[Message, ...]) -> int:
    """Count the tokens of a conversation.

    OpenAI's cookbook, "How to count tokens with tiktoken": 3 tokens a message, those of its
    role and content, those of its name and 1, and 3 to prime the answer. Tool calls count as
    their text; what is attached counts by `count_attachment`.
    """
    return PRIMING + sum(map(count_message, messages))


def count_message(message: Message) -> int:
    """Count one message."""
    named = PER_NAME + len(encode(message.name)) if message.name else 0
    called = sum(len(encode(call.name)) + len(encode(call.payload)) for call in message.tool_calls)
    spoken = len(encode(message.role)) + len(encode(message.text))
    return PER_MESSAGE + spoken + named + called + sum(map(count_attachment, message.attachments))


def count_tool(tool: Tool) -> int:
    """Count a tool by its text: nobody publishes how tools are told to a model."""
    return sum(len(encode(each)) for each in (tool.name, tool.description, json.dumps(tool.schema)))


def count_attachment(attached: Attachment) -> int:
    """Count an image by the published rule for gpt-4o; whatever can't be measured counts like a small one.

    An image costs 85; unless its detail is "low", it is shrunk into a square of 2048 pixels and then to a shorter
    side of 768, and costs 170 more for each tile of 512 by 512.
    """
    if attached.kind != "image" or attached.detail == "low" or attached.url:
        return PER_ATTACHMENT
    width, height = attached.width, attached.height
    scale = min(1, LONGEST / max(width, height))
    scale = min(scale, SHORTEST / min(width, height))
    return PER_ATTACHMENT + PER_TILE * ceil(width * scale / TILE) * ceil(height * scale / TILE)
