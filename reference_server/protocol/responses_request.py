"""What a client asks of the Responses API, beside the conversation itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reference_server.protocol.chat_request import ChatRequest, TextFormat, Tool, ToolChoice
from reference_server.protocol.openai_chat import user_of
from reference_server.protocol.responses_items import Item, messages_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRequest:
    """Items to go on from, and how; every value is checked. `given` is what the answer repeats."""

    model: str
    items: tuple[Item, ...]
    given: Mapping[str, Any]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = field(default_factory=ToolChoice)
    text_format: TextFormat = field(default_factory=TextFormat)
    conversation: str | None = None
    logprobs: bool = False

    @property
    def instructions(self) -> tuple[Item, ...]:
        """The instructions as an item that stands before all others."""
        text = self.given.get("instructions")
        said = {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": text}]}
        return (said,) if text else ()

    @property
    def streams(self) -> bool:
        """Whether the answer is to come as events."""
        return bool(self.given.get("stream"))

    @property
    def stored(self) -> bool:
        """Whether the answer is to be kept."""
        return bool(self.given.get("store", True))

    @property
    def previous(self) -> str | None:
        """The response that this one goes on from."""
        found = self.given.get("previous_response_id")
        return found if isinstance(found, str) else None

    def chat(self, before: tuple[Item, ...]) -> ChatRequest:
        """Return what the engine is asked, with the items that came *before* in the conversation."""
        given = self.given
        return ChatRequest(
            model=self.model,
            messages=tuple(messages_of((*self.instructions, *before, *self.items))),
            max_tokens=given.get("max_output_tokens"),
            temperature=given.get("temperature", 1.0),
            logprobs=self.logprobs,
            top_logprobs=given.get("top_logprobs", 0),
            stream=self.streams,
            include_usage=True,
            tools=self.tools,
            tool_choice=self.tool_choice,
            parallel_tool_calls=given.get("parallel_tool_calls", True),
            text_format=self.text_format,
            user=user_of(given),
        )
