"""The tools and the output format of a chat request, checked together."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from reference_server.errors import NotAllowedTogether
from reference_server.protocol.chat_request import Message, TextFormat, Tool, ToolChoice
from reference_server.protocol.json_schema import InvalidSchema, require_schema


def tools_of(given: Mapping[str, Any]) -> tuple[Tool, ...]:
    """Read `tools`, or the old `functions`."""
    if "functions" in given and "tools" not in given:
        return tuple(
            function_tool(each, f"functions[{place}].parameters", "legacy")
            for place, each in enumerate(given["functions"])
        )
    return tuple(tool(each, f"tools[{place}]") for place, each in enumerate(given.get("tools", ())))


def tool(given: Mapping[str, Any], at: str) -> Tool:
    """Read one tool."""
    if given["type"] == "function":
        return function_tool(given["function"], f"{at}.function.parameters", "function")
    custom = given["custom"]
    return Tool(custom["name"], "custom", description=custom.get("description", ""))


def function_tool(given: Mapping[str, Any], at: str, kind: Any) -> Tool:
    """Read a function and hold its schema against the rules."""
    schema = given.get("parameters", {})
    check_schema(schema, at, "invalid_function_parameters", f"function '{given['name']}'", strict=given.get("strict"))
    return Tool(given["name"], kind, schema, given.get("description", ""))


def check_schema(schema: Mapping[str, Any], at: str, code: str, what: str, *, strict: bool | None) -> None:
    """Refuse what is no JSON Schema of an object."""
    if reason := require_schema(schema, json.dumps(schema), strict=bool(strict)):
        raise InvalidSchema(at, code, what, reason)


def tool_choice_of(given: Mapping[str, Any]) -> ToolChoice:
    """Read `tool_choice`, or the old `function_call`."""
    chosen = given.get("tool_choice", given.get("function_call", "auto"))
    if isinstance(chosen, str):
        return ToolChoice(chosen)  # type: ignore[arg-type]  # the reader let no other string through
    if chosen.get("type") == "allowed_tools":
        allowed = chosen["allowed_tools"]
        return ToolChoice(allowed["mode"], frozenset(map(name_of, allowed["tools"])))
    named = chosen[chosen["type"]] if "type" in chosen else chosen
    return ToolChoice("required", frozenset({named["name"]}), forced=True)


def name_of(given: Mapping[str, Any]) -> str:
    """Return the name in a reference to a tool."""
    named = given.get(given.get("type", ""), given)
    return str(named.get("name", "")) if isinstance(named, dict) else ""


def check_tool_choice(given: Mapping[str, Any], tools: Iterable[Tool], choice: ToolChoice) -> None:
    """Refuse a choice that forces a tool which was not offered."""
    where = "tool_choice" if "tool_choice" in given else "function_call"
    offered = {each.name for each in tools}
    if choice.mode == "required" and not offered:
        raise NotAllowedTogether(where, f"'{where}' is only allowed when 'tools' are specified.")
    for name in sorted(choice.only or ()):
        if name not in offered:
            raise NotAllowedTogether(where, f"Tool choice '{name}' not found in 'tools' parameter.")


def text_format_of(given: Mapping[str, Any], messages: Iterable[Message]) -> TextFormat:
    """Read `response_format`; JSON without a schema must be spoken of in the messages."""
    wanted = given.get("response_format", {"type": "text"})
    if wanted["type"] == "json_schema":
        named = wanted["json_schema"]
        schema, what = named.get("schema", {}), f"response_format '{named['name']}'"
        check_schema(schema, "response_format", "invalid_json_schema", what, strict=named.get("strict"))
        return TextFormat("json_schema", schema)
    if wanted["type"] == "json_object" and not any("json" in message.text.lower() for message in messages):
        raise NotAllowedTogether(
            "messages",
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        )
    return TextFormat(wanted["type"])
