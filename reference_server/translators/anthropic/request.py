"""Anthropic's messages: a request body to one for chat completions."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from reference_server.errors import NotAllowedTogether
from reference_server.formatting.json_text import to_bytes
from reference_server.protocol.json_body import parse_object
from reference_server.translators.anthropic.messages import chat_messages
from reference_server.translators.anthropic.parameters import VERSIONS, prompt
from reference_server.translators.anthropic.reply import Reply
from reference_server.translators.translator import Asked

Json = dict[str, Any]
SAME = ("temperature", "top_p", "stream")
LACKING = ("context_management", "diagnostics", "speed", "top_k")
"""Parameters that chat completions lack, and that an answer can do without: dropped, and the client is told."""
MODES = {"auto": "auto", "any": "required", "none": "none"}
EFFORTS = ((4096, "low"), (16_384, "medium"))
"""Tokens of thought below which it is so much effort; beyond that it is high."""


def read(version: str, body: bytes) -> Asked:
    """Read and check a whole body; a Refusal names what is wrong, or can't be had."""
    given = VERSIONS[version](parse_object(body), "")
    thoughts = given.get("thinking", {})
    if thoughts.get("budget_tokens", 0) >= given["max_tokens"]:
        raise NotAllowedTogether("thinking", "'max_tokens' must be greater than 'thinking.budget_tokens'.")
    shows = thoughts.get("type") in ("enabled", "adaptive") and thoughts.get("display") != "omitted"
    reply = partial(Reply, frozenset(given.get("stop_sequences", ())), shows_thoughts=shows)
    dropped = tuple(name for name in LACKING if given.get(name) is not None)
    return Asked(to_bytes(chat_request(given)), reply, dropped)


def chat_prompt(body: bytes) -> bytes:
    """Read a body whose tokens are to be counted; return it as one for chat completions."""
    return to_bytes(dict(prompt_fields(prompt(parse_object(body), ""))))


def chat_request(given: Mapping[str, Any]) -> Json:
    """Return the fields of a chat request."""
    return {**dict(prompt_fields(given)), **dict(answer_fields(given))}


def prompt_fields(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what is asked, and with which tools."""
    yield "model", given["model"]
    yield "messages", chat_messages(given)
    if given.get("tools"):
        yield "tools", [function(tool) for tool in given["tools"]]
    choice = given.get("tool_choice", {"type": "auto"})
    if choice["type"] == "tool":
        yield "tool_choice", {"type": "function", "function": {"name": choice["name"]}}
    elif choice["type"] != "auto":
        yield "tool_choice", MODES[choice["type"]]
    if given.get("tools") and choice.get("disable_parallel_tool_use"):
        yield "parallel_tool_calls", False


def answer_fields(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield how it is to be answered."""
    yield "max_completion_tokens", given["max_tokens"]
    yield from ((name, given[name]) for name in SAME if name in given)
    if given.get("stream"):
        yield "stream_options", {"include_usage": True}
    if given.get("stop_sequences"):
        yield "stop", list(given["stop_sequences"])
    if user := given.get("metadata", {}).get("user_id"):
        yield "user", user
    if given.get("service_tier") == "standard_only":
        yield "service_tier", "default"
    output = given.get("output_config", {})
    if effort := output.get("effort") or effort_of(given.get("thinking", {})):
        yield "reasoning_effort", effort
    if output.get("format"):
        named = {"name": "answer", "schema": output["format"]["schema"], "strict": True}
        yield "response_format", {"type": "json_schema", "json_schema": named}


def effort_of(thinking: Mapping[str, Any]) -> str | None:
    """Return the effort that a budget of thought is worth; None where there is none."""
    budget = thinking.get("budget_tokens")
    if budget is None:
        return None
    return next((effort for most, effort in EFFORTS if budget < most), "high")


def function(tool: Mapping[str, Any]) -> Json:
    """Return a tool as a function."""
    said = {name: tool[name] for name in ("description", "strict") if name in tool}
    return {"type": "function", "function": {"name": tool["name"], **said, "parameters": tool["input_schema"]}}
