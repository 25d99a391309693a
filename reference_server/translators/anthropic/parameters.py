"""Every documented parameter of Anthropic's messages, with its reader."""

from collections.abc import Mapping
from typing import Any

from reference_server.errors import NotServed, Refusal
from reference_server.protocol.fields import (
    Reader,
    array,
    decimal,
    flag,
    free_object,
    integer,
    nullable,
    one_of,
    record,
    tagged,
    text,
)
from reference_server.translators.anthropic.blocks import cached, type_tag
from reference_server.translators.anthropic.messages import messages, system

MOST_TOKENS = 2**31 - 1
MOST_STOPS = 4
"""Chat completions take no more."""
LEAST_BUDGET = 1024
CUSTOM = (None, "custom")

own_tool = record(
    {"name": text, "input_schema": free_object},
    {
        **cached,
        "type": nullable(text),
        "description": text,
        "strict": flag,
        "allowed_callers": array(text),
        "defer_loading": flag,
        "eager_input_streaming": nullable(flag),
        "input_examples": array(free_object),
    },
)


def tool(value: Any, at: str) -> dict[str, Any]:
    """Read a tool of the client's own; those that Anthropic defines or runs are not to be had."""
    kind = free_object(value, at).get("type")
    if isinstance(kind, str) and kind not in CUSTOM:
        raise NotServed(f"{at}.type", f"'{kind}'")
    found: dict[str, Any] = own_tool(value, at)
    return found


serially: Mapping[str, Reader] = {"disable_parallel_tool_use": flag}
tool_choice = tagged(
    "type",
    {
        "auto": record(type_tag, serially),
        "any": record(type_tag, serially),
        "tool": record({**type_tag, "name": text}, serially),
        "none": record(type_tag),
    },
)
display: Mapping[str, Reader] = {"display": nullable(one_of("summarized", "omitted"))}
thinking = tagged(
    "type",
    {
        "enabled": record({**type_tag, "budget_tokens": integer(LEAST_BUDGET, MOST_TOKENS)}, display),
        "adaptive": record(type_tag, display),
        "between_tools": record(type_tag),
        "disabled": record(type_tag),
    },
)
output_config = record(
    {},
    {
        "effort": nullable(one_of("low", "medium", "high", "xhigh", "max")),
        "format": nullable(tagged("type", {"json_schema": record({**type_tag, "schema": free_object})})),
    },
)

PROMPT: Mapping[str, Reader] = {"model": text, "messages": messages}
BESIDE: Mapping[str, Reader] = {
    **cached,
    "context_management": nullable(free_object),
    "output_config": output_config,
    "speed": nullable(one_of("standard", "fast")),
    "system": system,
    "thinking": thinking,
    "tool_choice": tool_choice,
    "tools": array(tool),
}
"""What counting takes, too."""
ANSWER: Mapping[str, Reader] = {
    **BESIDE,
    "diagnostics": nullable(free_object),
    "metadata": record({}, {"user_id": nullable(text)}),
    "service_tier": one_of("auto", "standard_only"),
    "stop_sequences": array(text, most=MOST_STOPS),
    "stream": flag,
}
SAMPLING: Mapping[str, Reader] = {
    "temperature": decimal(0, 1),
    "top_k": integer(0, MOST_TOKENS),
    "top_p": decimal(0, 1),
}


def removed(_value: Any, at: str) -> None:
    """Refuse a parameter that a newer version has no more."""
    raise Refusal(
        400, f"'{at}' is no parameter of this anthropic-version: 2023-06-01 was the last to have it.", param=at
    )


def whole(sampling: Mapping[str, Reader]) -> Reader:
    """Return the reader of a request whose answer is wanted."""
    return record({**PROMPT, "max_tokens": integer(1, MOST_TOKENS)}, {**ANSWER, **sampling})


VERSIONS: Mapping[str, Reader] = {
    "2023-06-01": whole(SAMPLING),
    "2026-10-21": whole(dict.fromkeys(SAMPLING, removed)),
}
"""What a request may say, by version of the API. Of what they changed, this is what concerns us."""
prompt = record(PROMPT, BESIDE)
