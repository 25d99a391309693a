"""OpenAI's Responses API: a request body to a ResponseRequest."""

from collections.abc import Mapping
from typing import Any

from reference_server.errors import MissingParameter, NotAllowedTogether, NotServed
from reference_server.protocol.chat_request import TextFormat, Tool, ToolChoice
from reference_server.protocol.fields import (
    Reader,
    array,
    decimal,
    either,
    flag,
    free_object,
    integer,
    mapping,
    nullable,
    one_of,
    record,
    short_text,
    tagged,
    text,
)
from reference_server.protocol.json_body import parse_object
from reference_server.protocol.openai_parameters import MOST_TOKENS, function_name, level
from reference_server.protocol.openai_tools import check_schema, check_tool_choice
from reference_server.protocol.responses_items import Item, items_of
from reference_server.protocol.responses_request import ResponseRequest

LEAST_TOKENS = 16
LOGPROBS = "message.output_text.logprobs"
SERVED_TOOLS = ("function",)
CONTEXT = ("input", "previous_response_id", "conversation", "prompt")

kind: Mapping[str, Reader] = {"type": text}
function = record(
    {**kind, "name": function_name},
    {
        "description": nullable(text),
        "parameters": nullable(free_object),
        "strict": nullable(flag),
        "defer_loading": flag,
        "output_schema": nullable(free_object),
        "allowed_callers": nullable(array(text)),
    },
)


def tool(value: Any, at: str) -> dict[str, Any]:
    """Read a function tool; the tools that OpenAI hosts are refused by name."""
    given = free_object(value, at)
    if "type" not in given:
        raise MissingParameter(f"{at}.type")
    if text(given["type"], f"{at}.type") not in SERVED_TOOLS:
        raise NotServed(f"{at}.type", f"a tool of type '{given['type']}'")
    read: dict[str, Any] = function(given, at)
    return read


tool_choice = either(
    {
        str: one_of("none", "auto", "required"),
        dict: tagged(
            "type",
            {
                "function": record({**kind, "name": text}),
                "allowed_tools": record({**kind, "mode": one_of("auto", "required"), "tools": array(free_object)}),
            },
        ),
    },
    "one of a string or an object",
)
text_format = tagged(
    "type",
    {
        "text": record(kind),
        "json_object": record(kind),
        "json_schema": record(
            {**kind, "name": function_name, "schema": free_object}, {"description": text, "strict": nullable(flag)}
        ),
    },
)
conversation = either({str: text, dict: record({"id": text})}, "one of a string or an object")
reasoning = record(
    {},
    {
        "effort": nullable(one_of("none", "minimal", "low", "medium", "high", "xhigh", "max")),
        "summary": nullable(one_of("auto", "concise", "detailed")),
        "generate_summary": nullable(one_of("auto", "concise", "detailed")),
        "context": nullable(text),
        "mode": nullable(text),
    },
)
OPTIONAL: Mapping[str, Reader] = {
    "background": nullable(flag),
    "conversation": nullable(conversation),
    "include": nullable(array(text)),
    "input": items_of,
    "instructions": nullable(text),
    "max_output_tokens": nullable(integer(LEAST_TOKENS, MOST_TOKENS)),
    "max_tool_calls": nullable(integer(1, MOST_TOKENS)),
    "metadata": nullable(mapping(short_text(512), most=16, longest_key=64)),
    "parallel_tool_calls": nullable(flag),
    "previous_response_id": nullable(text),
    "prompt": nullable(free_object),
    "prompt_cache_key": nullable(text),
    "prompt_cache_options": nullable(free_object),
    "prompt_cache_retention": nullable(one_of("in_memory", "24h")),
    "reasoning": nullable(reasoning),
    "safety_identifier": nullable(short_text(128)),
    "service_tier": nullable(one_of("auto", "default", "flex", "scale", "priority", "fast")),
    "store": nullable(flag),
    "stream": nullable(flag),
    "stream_options": nullable(record({}, {"include_obfuscation": flag})),
    "temperature": nullable(decimal(0, 2)),
    "text": nullable(record({}, {"format": text_format, "verbosity": nullable(level)})),
    "tool_choice": nullable(tool_choice),
    "tools": nullable(array(tool, most=128)),
    "top_logprobs": nullable(integer(0, 20)),
    "top_p": nullable(decimal(0, 1)),
    "truncation": nullable(one_of("auto", "disabled")),
    "user": text,
}
parameters = record({"model": text}, OPTIONAL)


def parse_response_request(body: bytes) -> ResponseRequest:
    """Read and check a whole body; a Refusal names the first thing that is wrong."""
    given = {key: value for key, value in parameters(parse_object(body), "").items() if value is not None}
    check_together(given)
    tools = tuple(tool_of(each, place) for place, each in enumerate(given.get("tools", ())))
    choice = tool_choice_of(given.get("tool_choice", "auto"))
    check_tool_choice({"tool_choice": choice}, tools, choice)
    items: tuple[Item, ...] = given.get("input", ())
    room = given.get("conversation")
    return ResponseRequest(
        model=given["model"],
        items=items,
        given={key: value for key, value in given.items() if key != "input"},
        tools=tools,
        tool_choice=choice,
        text_format=text_format_of(given.get("text", {}), items),
        conversation=room["id"] if isinstance(room, dict) else room,
        logprobs=LOGPROBS in given.get("include", ()),
    )


def check_together(given: Mapping[str, Any]) -> None:
    """Refuse what is missing, what we do not have, and what excludes each other."""
    if not any(key in given for key in CONTEXT):
        raise MissingParameter("input")
    if given.get("background"):
        raise NotServed("background", "true")
    if "prompt" in given:
        raise NotServed("prompt", "a stored prompt")
    if "conversation" in given and "previous_response_id" in given:
        message = "Mutually exclusive parameters: 'previous_response_id' and 'conversation' can't be used together."
        raise NotAllowedTogether("previous_response_id", message)
    if "stream_options" in given and not given.get("stream"):
        raise NotAllowedTogether("stream_options", "'stream_options' is only allowed when 'stream' is true.")


def tool_of(given: Mapping[str, Any], place: int) -> Tool:
    """Turn a function tool into the engine's."""
    schema = given.get("parameters") or {}
    at, what = f"tools[{place}].parameters", f"function '{given['name']}'"
    check_schema(schema, at, "invalid_function_parameters", what, strict=given.get("strict"))
    return Tool(given["name"], "function", schema, given.get("description") or "")


def tool_choice_of(chosen: str | Mapping[str, Any]) -> ToolChoice:
    """Turn a tool choice into the engine's."""
    if isinstance(chosen, str):
        return ToolChoice(chosen)  # type: ignore[arg-type]  # the reader let no other string through
    if chosen["type"] == "allowed_tools":
        return ToolChoice(chosen["mode"], frozenset(str(each.get("name")) for each in chosen["tools"]))
    return ToolChoice("required", frozenset({chosen["name"]}), forced=True)


def text_format_of(given: Mapping[str, Any], items: tuple[Item, ...]) -> TextFormat:
    """Turn a text format into the engine's; JSON without a schema must be spoken of in the input."""
    wanted = given.get("format", {"type": "text"})
    if wanted["type"] == "json_schema":
        what = f"response_format '{wanted['name']}'"
        check_schema(wanted["schema"], "text.format.schema", "invalid_json_schema", what, strict=wanted.get("strict"))
        return TextFormat("json_schema", wanted["schema"])
    if wanted["type"] == "json_object" and "json" not in str(items).lower():
        message = (
            "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
            "'json_object'."
        )
        raise NotAllowedTogether("input", message)
    return TextFormat(wanted["type"])
