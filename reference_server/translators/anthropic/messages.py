"""The turns of Anthropic's messages, as turns of a chat."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from reference_server.errors import NotAllowedTogether
from reference_server.formatting.json_text import to_text
from reference_server.protocol.fields import Reader, array, flag, free_object, nullable, record, tagged, text
from reference_server.translators.anthropic.blocks import (
    Json,
    cached,
    content,
    joined,
    parts,
    shown,
    text_block,
    type_tag,
)

# What is sent back as it came has fields that say nothing here.
unsaid: Mapping[str, Reader] = {**cached, "toolset_name": nullable(text)}
result_block = record(
    {**type_tag, "tool_use_id": text}, {**unsaid, "content": nullable(content(shown)), "is_error": flag}
)
call_block = record(
    {**type_tag, "id": text, "name": text, "input": free_object}, {**unsaid, "caller": nullable(free_object)}
)
thought = record({**type_tag, "thinking": text}, {"signature": text})
hidden_thought = record({**type_tag, "data": text})

role: Mapping[str, Reader] = {"role": text}
message = tagged(
    "role",
    {
        "user": record({**role, "content": content({**shown, "tool_result": result_block})}),
        "assistant": record(
            {
                **role,
                "content": content(
                    {
                        "text": text_block,
                        "tool_use": call_block,
                        "thinking": thought,
                        "redacted_thinking": hidden_thought,
                    }
                ),
            }
        ),
        "system": record({**role, "content": content({"text": text_block})}),
    },
)
messages = array(message, least=1)
system = content({"text": text_block})


def chat_messages(given: Mapping[str, Any]) -> list[Json]:
    """Return the messages of a chat request."""
    turns = [
        (role, [block for each in together for block in each["content"]])
        for role, together in groupby(given["messages"], key=lambda each: str(each["role"]))
    ]
    check_turns(turns)
    first = [{"role": "system", "content": joined(parts(given["system"]))}] if given.get("system") else []
    return first + [each for role, blocks in turns for each in TURNS[role](blocks)]


def check_turns(turns: Iterable[tuple[str, list[Json]]]) -> None:
    """Refuse a conversation that can't be gone on with: a last word of the assistant, calls without their results."""
    waiting: set[str] = set()
    last = ""
    for last, blocks in turns:
        if last == "user":
            results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
            if strange := [each for each in results if each not in waiting]:
                raise NotAllowedTogether(
                    "messages", f"tool_result '{strange[0]}' has no tool_use in the turn before it."
                )
            if missing := sorted(waiting.difference(results)):
                raise NotAllowedTogether(
                    "messages", f"tool_use '{missing[0]}' has no tool_result in the turn after it."
                )
        if last != "system":
            waiting = {block["id"] for block in blocks if block["type"] == "tool_use"}
    if last == "assistant":
        # Engines answer a chat; they don't go on with a sentence that was begun for them.
        message = (
            "This server does not support assistant message prefill: the conversation must end with a user message."
        )
        raise NotAllowedTogether("messages", message)


def user_turns(blocks: list[Json]) -> Iterator[Json]:
    """Yield the results of tools, and then what the user says; pictures that a tool gives are shown by the user."""
    said = []
    for block in blocks:
        if block["type"] != "tool_result":
            said += parts([block])
            continue
        given = parts(block.get("content") or ())
        told = "\n".join([part["text"] for part in given if part["type"] == "text"])
        failed = "Error: " if block.get("is_error") else ""
        yield {"role": "tool", "tool_call_id": block["tool_use_id"], "content": f"{failed}{told}"}
        said += [part for part in given if part["type"] != "text"]
    if said:
        yield {"role": "user", "content": joined(said)}


def assistant_turns(blocks: list[Json]) -> Iterator[Json]:
    """Yield what the assistant said and called; its thoughts are its own."""
    said = "".join([block["text"] for block in blocks if block["type"] == "text"])
    calls = [
        {
            "id": block["id"],
            "type": "function",
            "function": {"name": block["name"], "arguments": to_text(block["input"])},
        }
        for block in blocks
        if block["type"] == "tool_use"
    ]
    spoken = {"role": "assistant", "content": said}
    yield {**spoken, "content": said or None, "tool_calls": calls} if calls else spoken


def system_turns(blocks: list[Json]) -> Iterator[Json]:
    """Yield instructions in the midst of a conversation."""
    yield {"role": "system", "content": joined(parts(blocks))}


TURNS = {"user": user_turns, "assistant": assistant_turns, "system": system_turns}
