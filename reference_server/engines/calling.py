"""Which tools the synthetic engine calls, and with what."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reference_server.engines.schema_values import Maker
from reference_server.engines.seeds import Seed
from reference_server.protocol.chat_request import ChatRequest, Tool

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
PLAIN_WORDS = frozenset({"get", "set", "look", "find", "the", "for", "and", "tool", "function", "run", "use", "call"})
LOOKED_AT = 4_000


@dataclass(frozen=True, slots=True)
class Call:
    """A tool, and the arguments or the input it is called with."""

    tool: Tool
    payload: str


def calls(request: ChatRequest, seed: bytes) -> tuple[Call, ...]:
    """Return the calls that answer a request; none where it is answered in words."""
    if not request.tools:
        return ()
    chosen = called(request)
    wanted = chosen if request.parallel_tool_calls and is_modern(chosen) else chosen[:1]
    return tuple([Call(tool, payload(tool, seed + bytes([place]))) for place, tool in enumerate(wanted)])


def called(request: ChatRequest) -> list[Tool]:
    """Choose the tools: those that the last message speaks of, the first where one has to be called.

    A tool is spoken of where a word of its name (not "get" and the like) stands in the last user message, and no
    tool has answered since.
    """
    choice = request.tool_choice
    allowed = [tool for tool in request.tools if choice.only is None or tool.name in choice.only]
    if choice.mode == "none" or not allowed:
        return []
    if choice.forced:
        return allowed[:1]
    asked = request.messages[-1]
    fitting = fits(allowed, asked.text) if asked.role == "user" else []
    return fitting or (allowed[:1] if choice.mode == "required" else [])


def fits(tools: Iterable[Tool], text: str) -> list[Tool]:
    """Return the tools that a text speaks of."""
    said = {word.lower() for word in WORD.findall(text[:LOOKED_AT])}
    return [tool for tool in tools if words(tool.name) & said]


def words(name: str) -> set[str]:
    """Return the words that tell a name from others."""
    return {word.lower() for word in WORD.findall(name) if len(word) > 2} - PLAIN_WORDS


def is_modern(tools: Sequence[Tool]) -> bool:
    """Whether several may be called at once: the old functions are called one at a time."""
    return all(tool.kind != "legacy" for tool in tools)


def payload(tool: Tool, seed: bytes) -> str:
    """Make the arguments of a function as JSON, or words for a custom tool."""
    chosen = Seed(seed + tool.name.encode())
    if tool.kind == "custom":
        return f"{chosen.word()} {chosen.word()}"
    value = Maker(tool.schema, chosen).value({"type": "object", **tool.schema})
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
