"""Every documented parameter of OpenAI's chat API, with its reader."""

import re
from collections.abc import Mapping
from typing import Any

from reference_server.errors import Malformed
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
from reference_server.protocol.openai_messages import message, text_content

MOST_TOKENS = 2**31 - 1
FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
TOKEN_ID = re.compile(r"\d{1,9}")


def function_name(value: Any, at: str) -> str:
    """Read a name of letters, digits, `_` and `-`, at most 64 of them."""
    if not FUNCTION_NAME.fullmatch(text(value, at)):
        raise Malformed(at, f"string does not match pattern. Expected '^{FUNCTION_NAME.pattern}$'.")
    return str(value)


def logit_bias(value: Any, at: str) -> dict[str, int]:
    """Read token ids to biases; what is wrong is always told of the whole parameter."""
    bias = integer(-100, 100)
    for key, element in free_object(value, at).items():
        if not TOKEN_ID.fullmatch(key):
            raise Malformed(at, f"the key '{key}' is no token id. Expected non-negative integers.")
        bias(element, at)
    return dict(value)


def stop(value: Any, at: str) -> tuple[str, ...]:
    """Read one stop sequence or up to four; empty ones stop nothing."""
    sequences = either({str: lambda one, _at: (one,), list: array(text, most=4)}, "one of a string or array of strings")
    return tuple(sequence for sequence in sequences(value, at) if sequence)


kind: Mapping[str, Reader] = {"type": text}
named = record({"name": function_name})
function_definition = record(
    {"name": function_name}, {"description": text, "parameters": free_object, "strict": nullable(flag)}
)
grammar = record({"definition": text, "syntax": one_of("lark", "regex")})
custom_format = tagged("type", {"text": record(kind), "grammar": record({**kind, "grammar": grammar})})
custom_definition = record({"name": function_name}, {"description": text, "format": custom_format})
tool = tagged(
    "type",
    {
        "function": record({**kind, "function": function_definition}),
        "custom": record({**kind, "custom": custom_definition}),
    },
)
allowed_tools = record({"mode": one_of("auto", "required"), "tools": array(free_object)})
tool_choice = either(
    {
        str: one_of("none", "auto", "required"),
        dict: tagged(
            "type",
            {
                "function": record({**kind, "function": named}),
                "custom": record({**kind, "custom": named}),
                "allowed_tools": record({**kind, "allowed_tools": allowed_tools}),
            },
        ),
    },
    "one of a string or an object",
)
function_call = either({str: one_of("none", "auto"), dict: named}, "one of a string or an object")
old_function = record({"name": function_name}, {"description": text, "parameters": free_object})
json_schema = record({"name": function_name}, {"description": text, "schema": free_object, "strict": nullable(flag)})
response_format = tagged(
    "type",
    {
        "text": record(kind),
        "json_object": record(kind),
        "json_schema": record({**kind, "json_schema": json_schema}),
    },
)
voice = either({str: text, dict: record({"id": text})}, "one of a string or an object")
audio = record({"format": one_of("wav", "aac", "mp3", "flac", "opus", "pcm16"), "voice": voice})
judged = nullable(record({"mode": one_of("score", "block")}))
moderation = record({"model": text}, {"policy": nullable(record({}, {"input": judged, "output": judged}))})
place = record({}, {"city": text, "country": text, "region": text, "timezone": text})
user_location = record({"type": one_of("approximate"), "approximate": place})
level = one_of("low", "medium", "high")

REQUIRED: Mapping[str, Reader] = {"model": text, "messages": array(message, least=1)}
OPTIONAL: Mapping[str, Reader] = {
    "audio": nullable(audio),
    "frequency_penalty": nullable(decimal(-2, 2)),
    "function_call": function_call,
    "functions": array(old_function, least=1, most=128),
    "logit_bias": nullable(logit_bias),
    "logprobs": nullable(flag),
    "max_completion_tokens": nullable(integer(1, MOST_TOKENS)),
    "max_tokens": nullable(integer(1, MOST_TOKENS)),
    "metadata": nullable(mapping(short_text(512), most=16, longest_key=64)),
    "modalities": nullable(array(one_of("text", "audio"))),
    "moderation": nullable(moderation),
    "n": nullable(integer(1, 128)),
    "parallel_tool_calls": flag,
    "prediction": nullable(record({"type": one_of("content"), "content": text_content})),
    "presence_penalty": nullable(decimal(-2, 2)),
    "prompt_cache_key": nullable(text),
    "prompt_cache_options": record({}, {"mode": one_of("implicit", "explicit"), "ttl": one_of("30m")}),
    "prompt_cache_retention": nullable(one_of("in_memory", "24h")),
    "reasoning_effort": nullable(one_of("none", "minimal", "low", "medium", "high", "xhigh", "max")),
    "response_format": response_format,
    "safety_identifier": nullable(short_text(128)),
    "seed": nullable(integer(-(2**63), 2**63 - 1)),
    "service_tier": nullable(one_of("auto", "default", "flex", "scale", "priority", "fast")),
    "stop": nullable(stop),
    "store": nullable(flag),
    "stream": nullable(flag),
    "stream_options": nullable(record({}, {"include_usage": flag, "include_obfuscation": flag})),
    "temperature": nullable(decimal(0, 2)),
    "tool_choice": tool_choice,
    "tools": array(tool, least=1, most=128),
    "top_logprobs": nullable(integer(0, 20)),
    "top_p": nullable(decimal(0, 1)),
    "user": text,
    "verbosity": nullable(level),
    "web_search_options": record({}, {"search_context_size": level, "user_location": nullable(user_location)}),
}
parameters = record(REQUIRED, OPTIONAL)
