"""Tools in words, and what forces a model to call them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from reference_server.protocol.chat_request import ChatRequest, Message, Tool

NO_TOOL = "no tool"
"""What a model says that calls none; no name has a blank."""
HINT = """You can call these tools:
{tools}

To call one, reply with {{"name": its name, "arguments": its arguments}} and nothing else. If none of them helps, reply
with "no tool" and nothing else."""
OPENING = '{{"name": "{name}", "arguments": '
Json = dict[str, Any]


def offered(request: ChatRequest) -> list[Tool]:
    """Return the tools that may be called."""
    choice = request.tool_choice
    if choice.mode == "none":
        return []
    return [tool for tool in request.tools if choice.only is None or tool.name in choice.only]


def with_tools(messages: Sequence[Message], tools: Iterable[Tool]) -> list[Message]:
    """Return a conversation that begins with the tools there are."""
    told = HINT.format(tools="\n".join(map(told_tool, tools)))
    return [Message("system", told), *messages]


def told_tool(tool: Tool) -> str:
    """Describe a tool in a line."""
    takes = "text" if tool.kind == "custom" else json.dumps(tool.schema, ensure_ascii=False)
    about = f": {tool.description}" if tool.description else ""
    return f"- {tool.name}{about}. Arguments: {takes}"


def told_call(name: str, payload: str) -> str:
    """Write a call as a model is to write it."""
    return f"{OPENING.format(name=name)}{payload}}}"


def opening(tool: Tool) -> str:
    """Return how a call begins, up to its arguments."""
    return OPENING.format(name=tool.name) + ('"' if tool.kind == "custom" else "")


def ending(tool: Tool) -> tuple[str, ...]:
    """Return what ends the arguments, where their form does not: text ends at a quote."""
    return ('"',) if tool.kind == "custom" else ()


def choosing(tools: Sequence[Tool], *, forced: bool) -> str:
    """Return the grammar, in GBNF, of how an answer begins: a call of one of these, or none unless one is forced."""
    names = [json.dumps(f'{{"name": "{tool.name}"') for tool in tools]
    return "root ::= " + " | ".join(names if forced else [*names, json.dumps(NO_TOOL)])


def chosen(tools: Sequence[Tool], said: str) -> Tool | None:
    """Return the tool that was chosen."""
    return next((tool for tool in tools if said == f'{{"name": "{tool.name}"'), None)


def arguments_form(tool: Tool) -> Json:
    """Return what holds the arguments to their schema; a custom tool takes any text."""
    return {} if tool.kind == "custom" else {"json_schema": {"type": "object", **tool.schema}}
