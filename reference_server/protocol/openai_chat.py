"""OpenAI's chat completions: a request body to a ChatRequest."""

from collections.abc import Mapping
from typing import Any

from reference_server.errors import NotAllowedTogether
from reference_server.protocol.chat_request import ChatRequest
from reference_server.protocol.json_body import parse_object
from reference_server.protocol.openai_parameters import parameters

SHARED = frozenset({"model", "messages", "n", "stop", "seed", "temperature", "logprobs", "top_logprobs", "stream"})
LIMITS = ("max_tokens", "max_completion_tokens")


def parse_chat_request(body: bytes) -> ChatRequest:
    """Read and check a whole body; a Refusal names the first thing that is wrong."""
    given = parameters(parse_object(body), "")
    check_together(given)
    asked = {key: value for key, value in given.items() if value is not None}
    limits = [asked[key] for key in LIMITS if key in asked]
    return ChatRequest(
        **{key: asked[key] for key in SHARED & asked.keys()},
        max_tokens=min(limits, default=None),
        include_usage=asked.get("stream_options", {}).get("include_usage", False),
        options={key: value for key, value in asked.items() if key not in SHARED and key not in LIMITS},
    )


def check_together(given: Mapping[str, Any]) -> None:
    """Refuse parameters that need another one which is not there."""
    if given.get("stream_options") is not None and not given.get("stream"):
        raise NotAllowedTogether("stream_options", "'stream_options' is only allowed when 'stream' is true.")
    if given.get("top_logprobs") and not given.get("logprobs"):
        raise NotAllowedTogether("top_logprobs", "'logprobs' must be true when 'top_logprobs' is used.")
    if given.get("tool_choice", "auto") not in ("auto", "none"):
        check_tool_choice(given["tool_choice"], given.get("tools"))


def check_tool_choice(choice: Any, tools: Any) -> None:
    """Refuse a choice that forces a tool which was not offered."""
    if tools is None:
        raise NotAllowedTogether("tool_choice", "'tool_choice' is only allowed when 'tools' are specified.")
    kind = choice["type"] if isinstance(choice, dict) else ""
    offered = [(tool["type"], tool[tool["type"]]["name"]) for tool in tools]
    if kind in ("function", "custom") and (kind, choice[kind]["name"]) not in offered:
        raise NotAllowedTogether("tool_choice", f"Tool choice '{choice[kind]['name']}' not found in 'tools' parameter.")
