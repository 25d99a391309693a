"""Tools, choices among them, and formats of answers, for chat completions."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.strategies.bodies import Json, group
from cozecheck.strategies.json_schemas import objects
from cozecheck.strategies.values import flags, short_texts

NAMES = ("f", "look_up_weather", "Get-Weather_2", "0", "-", "_", "x" * 64, "null", "function")
WRONG_NAMES = st.sampled_from(("", "🦀", "größe", "with space", "a.b", "x" * 65, "f\n", "../f", "f\u0000"))
"""Not letters, digits, `_` and `-`, or more than 64 of them."""
names = st.sampled_from(NAMES)
several_names = st.lists(names, unique=True, min_size=1, max_size=3)
GRAMMAR = {"type": "grammar", "grammar": {"syntax": "regex", "definition": "[a-z]+"}}
custom_formats: SearchStrategy[Json] = st.sampled_from(({"type": "text"}, GRAMMAR))


@st.composite
def functions(draw: st.DrawFn, name: str) -> Json:
    """Draw what a function tool says of its function."""
    strict = draw(st.sampled_from((None, False, True)))
    made: Json = {"name": name, "parameters": draw(objects(strict=bool(strict)))}
    if strict is not None:
        made["strict"] = strict
    if draw(flags):
        made["description"] = draw(short_texts)
    return made


@st.composite
def _tool(draw: st.DrawFn, name: str) -> Json:
    if draw(KINDS) == "custom":
        return {"type": "custom", "custom": {"name": name, "format": draw(custom_formats)}}
    return {"type": "function", "function": draw(functions(name))}


KINDS = st.sampled_from(("function", "function", "function", "custom"))


@st.composite
def offered(draw: st.DrawFn) -> Json:
    """Draw tools with a choice among them."""
    tools = [draw(_tool(name)) for name in draw(several_names)]
    made: Json = {"tools": tools}
    if draw(flags):
        made["tool_choice"] = draw(st.sampled_from(choices(tools)))
    if draw(flags):
        made["parallel_tool_calls"] = draw(flags)
    return made


def choices(tools: list[Json]) -> list[Any]:
    """Return the choices that there are among tools."""
    named = [{"type": each["type"], each["type"]: {"name": each[each["type"]]["name"]}} for each in tools]
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": named}}
    return ["none", "auto", "required", *named, allowed]


@st.composite
def old_functions(draw: st.DrawFn) -> Json:
    """Draw functions in the deprecated spelling."""
    chosen = draw(several_names)
    made: Json = {"functions": [{"name": name, "parameters": draw(objects(strict=False))} for name in chosen]}
    if draw(flags):
        made["function_call"] = draw(st.sampled_from(("none", "auto", {"name": chosen[0]})))
    return made


@st.composite
def schema_format(draw: st.DrawFn) -> Json:
    """Draw a format of answers by a schema."""
    strict = draw(st.sampled_from((True, False, None)))
    made: Json = {"name": draw(names), "schema": draw(objects(strict=bool(strict))), "strict": strict}
    return made


formats: SearchStrategy[Json] = st.one_of(
    st.just({"type": "text"}),
    st.just({"type": "json_object"}),
    group(type="json_schema", json_schema=schema_format()),
)
