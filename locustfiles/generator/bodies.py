"""Bodies of requests, by operation."""

from collections.abc import Callable, Mapping
from typing import Any

from generator.prompts import Prompt

Body = dict[str, Any]


def _messages(prompt: Prompt) -> list[Body]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return [*system, {"role": "user", "content": prompt.user}]


def chat(model: str, prompt: Prompt, _canary: str) -> Body:
    """Ask for an answer in one piece."""
    return {"model": model, "messages": _messages(prompt), "max_tokens": prompt.most}


def chat_stream(model: str, prompt: Prompt, canary: str) -> Body:
    """Ask for a stream, with its usage."""
    return {**chat(model, prompt, canary), "stream": True, "stream_options": {"include_usage": True}}


def _schema(canary: str) -> Body:
    """Return a schema that leaves one value for the canary."""
    code = {"type": "string", "enum": [canary]} if canary else {"type": "string"}
    properties = {"code": code, "city": {"type": "string", "enum": ["Paris", "Lima", "Oslo"]}}
    return {"type": "object", "properties": properties, "required": ["code", "city"], "additionalProperties": False}


def tools(model: str, prompt: Prompt, canary: str) -> Body:
    """Have a function called."""
    function = {"name": "get_weather", "description": "The weather of a city", "parameters": _schema(canary)}
    return {
        **chat(model, prompt, canary),
        "tools": [{"type": "function", "function": {**function, "strict": True}}],
        "tool_choice": {"type": "function", "function": {"name": "get_weather"}},
        "max_tokens": max(prompt.most, 128),
    }


def structured(model: str, prompt: Prompt, canary: str) -> Body:
    """Ask for JSON by a schema."""
    wanted = {"name": "place", "schema": _schema(canary), "strict": True}
    asked = chat(model, prompt, canary)
    return {
        **asked,
        "response_format": {"type": "json_schema", "json_schema": wanted},
        "max_tokens": max(prompt.most, 128),
    }


def responses(model: str, prompt: Prompt, _canary: str) -> Body:
    """Ask for a response in one piece."""
    asked: Body = {"model": model, "input": prompt.user, "max_output_tokens": max(16, prompt.most), "store": False}
    return {**asked, "instructions": prompt.system} if prompt.system else asked


def responses_stream(model: str, prompt: Prompt, canary: str) -> Body:
    """Ask for a response as a stream."""
    return {**responses(model, prompt, canary), "stream": True}


def wrong(model: str, _prompt: Prompt, canary: str) -> Body:
    """Ask for what every server must refuse: there are no messages, or they are no list, by turns."""
    return {"model": model, "messages": f"wrong on purpose {canary}"} if canary[-1:] < "8" else {"model": model}


BODIES: Mapping[str, Callable[[str, Prompt, str], Body]] = {
    "chat": chat,
    "chat_stream": chat_stream,
    "tools": tools,
    "structured": structured,
    "responses": responses,
    "responses_stream": responses_stream,
    "errors": wrong,
}
