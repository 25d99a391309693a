"""OpenAI's chat completions: a request body to a ChatRequest."""

from collections.abc import Mapping
from typing import Any

from reference_server.errors import NotAllowedTogether
from reference_server.protocol.chat_request import ChatRequest
from reference_server.protocol.json_body import parse_object
from reference_server.protocol.openai_parameters import parameters
from reference_server.protocol.openai_tools import check_tool_choice, text_format_of, tool_choice_of, tools_of

SHARED = frozenset({"model", "messages", "n", "stop", "seed", "temperature", "logprobs", "top_logprobs", "stream"})
LIMITS = ("max_tokens", "max_completion_tokens")
READ_TOGETHER = frozenset(
    {"tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "response_format"}
)


def parse_chat_request(body: bytes) -> ChatRequest:
    """Read and check a whole body; a Refusal names the first thing that is wrong."""
    given = parameters(parse_object(body), "")
    check_together(given)
    asked = {key: value for key, value in given.items() if value is not None}
    limits = [asked[key] for key in LIMITS if key in asked]
    tools, choice = tools_of(asked), tool_choice_of(asked)
    check_tool_choice(asked, tools, choice)
    return ChatRequest(
        **{key: asked[key] for key in SHARED & asked.keys()},
        max_tokens=min(limits, default=None),
        include_usage=asked.get("stream_options", {}).get("include_usage", False),
        tools=tools,
        tool_choice=choice,
        parallel_tool_calls=asked.get("parallel_tool_calls", True),
        text_format=text_format_of(asked, asked["messages"]),
        user=user_of(asked),
        options={key: value for key, value in asked.items() if key not in SHARED | READ_TOGETHER | {*LIMITS}},
    )


def user_of(asked: Mapping[str, Any]) -> str:
    """Return whom a request is for, empty where it does not say."""
    return asked.get("safety_identifier") or asked.get("user") or ""


def check_together(given: Mapping[str, Any]) -> None:
    """Refuse parameters that need another one which is not there."""
    if given.get("stream_options") is not None and not given.get("stream"):
        raise NotAllowedTogether("stream_options", "'stream_options' is only allowed when 'stream' is true.")
    if given.get("top_logprobs") and not given.get("logprobs"):
        raise NotAllowedTogether("top_logprobs", "'logprobs' must be true when 'top_logprobs' is used.")
