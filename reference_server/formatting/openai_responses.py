"""A response in any of its states, as OpenAI shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reference_server.engines.delta import Usage

Json = dict[str, Any]

REPEATED: Mapping[str, Any] = {
    "background": False,
    "frequency_penalty": 0.0,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "moderation": None,
    "parallel_tool_calls": True,
    "presence_penalty": 0.0,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "prompt_cache_retention": "in_memory",
    "safety_identifier": None,
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
"""Parameters that an answer repeats, with what they are where nothing was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is the same in every state of one response: `given` its parameters, `created_at` in seconds since 1970."""

    id: str
    created_at: int
    model: str
    request_id: str
    given: Mapping[str, Any]
    conversation: str | None = None
    logprobs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far a response has come."""

    status: str = "in_progress"
    output: Sequence[Json] = ()
    usage: Usage | None = None
    completed_at: int | None = None
    error: Json | None = None


def response_object(frame: Frame, state: State) -> Json:
    """Return a response: what was asked, how far it has come, and what came out."""
    given = frame.given
    cut = {"reason": "max_output_tokens"} if state.status == "incomplete" else None
    room = {"conversation": {"id": frame.conversation}} if frame.conversation else {}
    return {
        "id": frame.id,
        "object": "response",
        "created_at": frame.created_at,
        "status": state.status,
        "completed_at": state.completed_at,
        "error": state.error,
        "incomplete_details": cut,
        "model": frame.model,
        "output": list(state.output),
        **{name: given.get(name, default) for name, default in REPEATED.items()},
        **room,
        "reasoning": {"context": None, "effort": None, "summary": None} | given.get("reasoning", {}),
        "service_tier": "auto" if state.status == "in_progress" else "default",
        "text": {"format": text_format(given), "verbosity": given.get("text", {}).get("verbosity", "medium")},
        "tools": [tool_object(tool) for tool in given.get("tools", ())],
        "usage": usage_object(state.usage) if state.usage else None,
    }


def text_format(given: Mapping[str, Any]) -> Json:
    """Return the text format, with what it is where nothing was said."""
    wanted: Json = given.get("text", {}).get("format", {"type": "text"})
    return {"description": None, "strict": False} | wanted if wanted["type"] == "json_schema" else wanted


def tool_object(tool: Json) -> Json:
    """Return a function tool with all its keys."""
    return {"description": None, "parameters": {}, "strict": True} | tool


def usage_object(usage: Usage) -> Json:
    """Return token counts with their details."""
    return {
        "input_tokens": usage.prompt,
        "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": usage.cached},
        "output_tokens": usage.completion,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.prompt + usage.completion,
    }
