"""Ways to break a request for a chat completion, field by field."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from cozecheck.contract.parameters import FLAGS, LOGIT_BIAS, RANGES, STRINGS
from cozecheck.scenarios.sending import user
from cozecheck.strategies.breaking import (
    DEEP,
    NO_CHOICE,
    NOT_FLAG,
    NOT_LIST,
    NOT_NUMBER,
    NOT_OBJECT,
    NOT_TEXT,
    NOWHERE,
    NULL,
    REMOVED,
    Break,
    Json,
    Step,
)
from cozecheck.strategies.json_schemas import WRONG
from cozecheck.strategies.numbers import beyond
from cozecheck.strategies.tools import WRONG_NAMES
from cozecheck.strategies.type_breaks import type_breaks
from cozecheck.strategies.values import short_texts, small_json

HELLO = user("Hi.")
PART = {"role": "user", "content": [{"type": "text", "text": "Hi."}]}
IMAGE = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}]}
RESULT = {"role": "tool", "tool_call_id": "call_nobody_made", "content": "Hi."}
CALL = {"id": "call_0", "type": "function", "function": {"name": "f", "arguments": "{}"}}
ASKED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
TOOL = {"type": "function", "function": {"name": "broken_tool", "parameters": {"type": "object", "properties": {}}}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "f", "schema": {"type": "object", "properties": {}}}}
NO_TOOLS = {"functions": NOWHERE, "function_call": NOWHERE}
"""Tools and functions do not stand together."""
STREAM = {"stream": True}
DAMAGED = st.sampled_from(("data:image/png;base64,!!!", "data:image/png;base64,Zm9v", "data:", "no address at all"))


def _message(
    mutation: str, inside: tuple[Step, ...], value: SearchStrategy[Any], whole: Json = HELLO, told_of: str | None = None
) -> Break:
    """Add a message to the conversation that is whole but for one place."""
    return Break(mutation, "messages", value, inside, whole, joins=True, told_of=told_of)


def _tool(mutation: str, inside: tuple[Step, ...], value: SearchStrategy[Any]) -> Break:
    """Offer one more tool that is whole but for one place."""
    return Break(mutation, "tools", value, inside, TOOL, joins=True, beside=NO_TOOLS)


def _format(mutation: str, inside: tuple[Step, ...], value: SearchStrategy[Any], told_of: str | None = None) -> Break:
    return Break(mutation, "response_format", value, inside, SCHEMA, told_of=told_of)


MESSAGES = (
    _message("missing-key", ("role",), REMOVED),
    _message("missing-key", ("content",), REMOVED),
    _message("null-value", ("content",), NULL),
    _message("wrong-enumeration", ("role",), NO_CHOICE),
    _message("wrong-type", ("role",), NOT_TEXT),
    _message("odd-type", ("content",), st.sampled_from((7, True, {}, {"type": "text", "text": "Hi."}))),
    _message("odd-type", ("name",), NOT_TEXT),
    _message("odd-type", ("content", 0, "text"), NOT_TEXT, PART),
    _message("wrong-type", (), st.sampled_from(("text", 7, None, []))),
    _message("empty-array", ("content",), st.just([])),
    _message("missing-inside", ("content", 0, "type"), REMOVED, PART),
    _message("missing-inside", ("content", 0, "text"), REMOVED, PART),
    _message("missing-inside", ("content", 0, "image_url", "url"), REMOVED, IMAGE),
    _message("unknown-choice", ("content", 0, "type"), NO_CHOICE, PART),
    _message("unknown-choice", ("content", 0, "image_url", "detail"), NO_CHOICE, IMAGE),
    _message("unknown-field", ("not_a_parameter",), small_json),
    _message("unknown-field", ("content", 0, "not_a_parameter"), small_json, PART),
    _message("wrong-encoding", ("content", 0, "image_url", "url"), DAMAGED, IMAGE, ""),
    _message("missing-inside", ("tool_call_id",), REMOVED, RESULT),
    _message("tool-order", ("content",), short_texts, RESULT),
    _message("missing-inside", ("tool_calls", 0, "id"), REMOVED, ASKED),
    _message("missing-inside", ("tool_calls", 0, "function", "name"), REMOVED, ASKED),
    _message("odd-type", ("tool_calls", 0, "function", "arguments"), st.sampled_from((7, {}, [])), ASKED),
    _message("odd-type", ("tool_calls",), st.sampled_from(("text", 7, {})), ASKED),
    _message("empty-array", ("tool_calls",), st.just([]), ASKED),
)
TOOLS = (
    _tool("missing-inside", ("type",), REMOVED),
    _tool("missing-inside", ("function",), REMOVED),
    _tool("missing-inside", ("function", "name"), REMOVED),
    _tool("wrong-name", ("function", "name"), WRONG_NAMES),
    _tool("odd-type", ("function", "name"), NOT_TEXT),
    _tool("odd-type", ("function", "parameters"), NOT_OBJECT),
    _tool("odd-type", ("function", "strict"), NOT_FLAG),
    _tool("wrong-schema", ("function", "parameters"), WRONG),
    _tool("unknown-choice", ("type",), NO_CHOICE),
    _tool("odd-type", (), NOT_OBJECT),
    Break("wrong-type", "tools", NOT_LIST, beside=NO_TOOLS),
    Break("empty-array", "tools", st.just([]), beside=NO_TOOLS),
    Break("over-limit", "tools", st.just([TOOL] * 129), beside=NO_TOOLS),
    Break("wrong-enumeration", "tool_choice", NO_CHOICE, beside={**NO_TOOLS, "tools": [TOOL]}),
    Break("not-alone", "tool_choice", st.just("required"), beside={**NO_TOOLS, "tools": NOWHERE}),
    Break("odd-type", "parallel_tool_calls", NOT_FLAG, beside={**NO_TOOLS, "tools": [TOOL]}),
)
FORMATS = (
    _format("wrong-enumeration", ("type",), NO_CHOICE),
    _format("missing-inside", ("type",), REMOVED),
    _format("missing-inside", ("json_schema",), REMOVED),
    _format("missing-inside", ("json_schema", "name"), REMOVED),
    _format("wrong-name", ("json_schema", "name"), WRONG_NAMES),
    _format("odd-type", ("json_schema", "schema"), NOT_OBJECT),
    _format("wrong-schema", ("json_schema", "schema"), WRONG, "response_format"),
    Break("odd-type", "response_format", NOT_OBJECT),
)
BIASES = (
    Break("wrong-key", "logit_bias", st.sampled_from(({"🦀": 1}, {"hello": 1}, {"-1": 0}, {"": 1}, {"1.5": 1}))),
    Break("out-of-range", "logit_bias", beyond(LOGIT_BIAS).map(lambda bias: {"1734": bias})),
    Break("odd-type", "logit_bias", st.sampled_from(("text", 7, [], {"1734": "much"}, {"1734": None}))),
)
METADATA = (
    Break("over-limit", "metadata", st.just({str(number): "" for number in range(17)}), beside={"store": True}),
    Break("too-long", "metadata", st.just({"k" * 65: ""}), beside={"store": True}),
    Break("odd-type", "metadata", st.sampled_from(("text", 7, [])), beside={"store": True}),
)
SETTLED = frozenset(
    (
        *("messages", "model", "tools", "tool_choice", "functions", "function_call", "stop", "stream_options"),
        *(*FLAGS, *STRINGS, *(each.param for each in RANGES)),
    )
)
"""Parameters whose types are broken here."""
BREAKS = (
    Break("missing-key", "messages", REMOVED),
    Break("missing-key", "model", REMOVED),
    Break("null-value", "messages", NULL),
    Break("null-value", "model", NULL),
    Break("wrong-type", "messages", NOT_LIST),
    Break("wrong-type", "model", NOT_TEXT),
    Break("empty-messages", "messages", st.just([])),
    *(Break("wrong-type", name, NOT_FLAG) for name in sorted(FLAGS)),
    *(Break("wrong-type", name, NOT_TEXT) for name in sorted(STRINGS)),
    *(Break("wrong-type", each.param, NOT_NUMBER) for each in RANGES),
    *(Break("out-of-range", each.param, beyond(each), beside={"logprobs": True}) for each in RANGES),
    Break("not-alone", "top_logprobs", st.integers(1, 20), beside={"logprobs": NOWHERE}),
    Break("not-alone", "stream_options", st.just({"include_usage": True}), beside={"stream": NOWHERE}),
    Break("too-many", "stop", st.just(["v", "w", "x", "y", "z"])),
    Break("empty-array", "stop", st.just([])),
    Break("odd-type", "stop", st.sampled_from((7, None, [])), (0,), ["xyzzy"]),
    Break("odd-type", "stop", st.sampled_from((7, True, {}))),
    Break("odd-type", "stream_options", NOT_OBJECT, beside=STREAM),
    Break("unknown-field", "not_a_parameter", small_json),
    Break("deep-nesting", "messages", DEEP),
    *MESSAGES,
    *TOOLS,
    *FORMATS,
    *BIASES,
    *METADATA,
    *type_breaks(CompletionCreateParamsBase, SETTLED),
)
