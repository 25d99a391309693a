"""Ways to break a request for a response, field by field."""

from hypothesis import strategies as st
from openai.types.responses.input_token_count_params import InputTokenCountParams
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from cozecheck.contract.response_parameters import RESPONSE_RANGES
from cozecheck.strategies.breaking import (
    DEEP,
    NO_CHOICE,
    NOT_FLAG,
    NOT_LIST,
    NOT_NUMBER,
    NOT_OBJECT,
    NOT_TEXT,
    NOWHERE,
    REMOVED,
    Break,
)
from cozecheck.strategies.items import item_breaks
from cozecheck.strategies.json_schemas import WRONG
from cozecheck.strategies.numbers import beyond
from cozecheck.strategies.tools import WRONG_NAMES
from cozecheck.strategies.type_breaks import type_breaks
from cozecheck.strategies.values import small_json

TOOL = {"type": "function", "name": "broken_tool", "parameters": {"type": "object", "properties": {}}, "strict": False}
SCHEMA = {"format": {"type": "json_schema", "name": "f", "schema": {"type": "object", "properties": {}}}}
INPUT = (
    Break("wrong-type", "input", st.sampled_from((7, True, {}, {"role": "user", "content": "Hi."}))),
    Break("deep-nesting", "input", DEEP),
    *item_breaks("input"),
)
TOOLS = (
    Break("missing-inside", "tools", REMOVED, ("type",), TOOL, joins=True),
    Break("missing-inside", "tools", REMOVED, ("name",), TOOL, joins=True),
    Break("wrong-name", "tools", WRONG_NAMES, ("name",), TOOL, joins=True),
    Break("odd-type", "tools", NOT_TEXT, ("name",), TOOL, joins=True),
    Break("odd-type", "tools", NOT_OBJECT, ("parameters",), TOOL, joins=True),
    Break("wrong-schema", "tools", WRONG, ("parameters",), TOOL, joins=True),
    Break("unknown-choice", "tools", NO_CHOICE, ("type",), TOOL, joins=True),
    Break("odd-type", "tools", NOT_OBJECT, (), TOOL, joins=True),
    Break("wrong-type", "tools", NOT_LIST),
    Break("wrong-enumeration", "tool_choice", NO_CHOICE, beside={"tools": [TOOL]}),
    Break("not-alone", "tool_choice", st.just("required"), beside={"tools": NOWHERE}),
)
FORMATS = (
    Break("wrong-enumeration", "text", NO_CHOICE, ("format", "type"), SCHEMA),
    Break("missing-inside", "text", REMOVED, ("format", "type"), SCHEMA),
    Break("missing-inside", "text", REMOVED, ("format", "name"), SCHEMA),
    Break("missing-inside", "text", REMOVED, ("format", "schema"), SCHEMA),
    Break("wrong-name", "text", WRONG_NAMES, ("format", "name"), SCHEMA),
    Break("odd-type", "text", NOT_OBJECT, ("format", "schema"), SCHEMA),
    Break("wrong-schema", "text", WRONG, ("format", "schema"), SCHEMA),
    Break("unknown-choice", "text", NO_CHOICE, ("verbosity",), {"verbosity": "low"}),
)
REST = (
    Break("unknown-choice", "reasoning", NO_CHOICE, ("effort",), {"effort": "low"}),
    Break("unknown-field", "not_a_parameter", small_json),
    Break("wrong-type", "model", NOT_TEXT),
)
SETTLED = frozenset(("model", "input", "tools", "tool_choice", *(each.param for each in RESPONSE_RANGES)))
OF_FEW = ("access_programs", "background_options", "context_management", "image", "moderation", "personality")
RESPONSE_BREAKS = (
    Break("missing-key", "model", REMOVED),
    Break("missing-inside", "input", REMOVED, told_of=""),  # a conversation or a prompt can stand for it
    Break("wrong-type", "stream", NOT_FLAG),
    *(Break("wrong-type", each.param, NOT_NUMBER) for each in RESPONSE_RANGES),
    *(Break("out-of-range", each.param, beyond(each)) for each in RESPONSE_RANGES),
    Break("out-of-range", "max_output_tokens", st.sampled_from((-1, -1000))),
    Break("wrong-type", "max_output_tokens", NOT_NUMBER),
    Break("not-alone", "stream_options", st.just({"include_obfuscation": True}), beside={"stream": NOWHERE}),
    Break("over-limit", "metadata", st.just({str(number): "" for number in range(17)})),
    Break("too-long", "metadata", st.just({"k" * 65: ""})),
    *INPUT,
    *TOOLS,
    *FORMATS,
    *REST,
    *type_breaks(ResponseCreateParamsBase, (*SETTLED, *OF_FEW, "max_output_tokens", "stream_options")),
)
COUNT_BREAKS = (
    *INPUT,
    *TOOLS,
    *FORMATS,
    *REST,
    *type_breaks(InputTokenCountParams, (*SETTLED, *OF_FEW)),
)
