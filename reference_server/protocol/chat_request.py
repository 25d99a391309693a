"""What a client asks of an engine, whatever protocol it spoke."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that an earlier assistant turn made. `payload` is its arguments or its input."""

    id: str
    name: str
    payload: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `text` is all its text parts joined; `attachments` counts images, sounds and files."""

    role: str
    text: str = ""
    name: str | None = None
    attachments: int = 0
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A conversation and how to go on with it; every value is checked.

    `max_tokens` limits the tokens of each choice. `options` holds what was accepted but is
    an engine's business alone: tools, response_format, reasoning_effort and the like.
    """

    model: str
    messages: tuple[Message, ...]
    n: int = 1
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    temperature: float = 1.0
    logprobs: bool = False
    top_logprobs: int = 0
    stream: bool = False
    include_usage: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
