"""What a client asks of an engine, whatever protocol it spoke."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reference_server.protocol.media import Attachment

ToolKind = Literal["function", "custom", "legacy"]
"""`legacy` is a function of the old parameter `functions`."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What may be called. `schema` is that of a function's arguments; a custom tool takes free text."""

    name: str
    kind: ToolKind = "function"
    schema: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Whether tools are called; `only` names those that may be, if not all; `forced` says that it is a single one."""

    mode: Literal["none", "auto", "required"] = "auto"
    only: frozenset[str] | None = None
    forced: bool = False


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How an answer in words must look; `schema` is that of `json_schema`."""

    kind: Literal["text", "json_object", "json_schema"] = "text"
    schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that an earlier assistant turn made. `payload` is its arguments or its input."""

    id: str
    name: str
    payload: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `text` is all its text parts joined; `attachments` are its images, sounds and files."""

    role: str
    text: str = ""
    name: str | None = None
    attachments: tuple[Attachment, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A conversation and how to go on with it; every value is checked.

    `max_tokens` limits the tokens of each choice. `options` holds what was accepted but is
    an engine's business alone: reasoning_effort, verbosity and the like. `tenant` is the id of the key that asks,
    empty where everybody is let in; `user` is whom the tenant asks for. Where it `continues`, the one message is a text
    to go on with, not to answer.
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
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = ToolChoice()
    parallel_tool_calls: bool = True
    text_format: TextFormat = TextFormat()
    options: Mapping[str, Any] = field(default_factory=dict)
    tenant: str = ""
    user: str = ""
    continues: bool = False
