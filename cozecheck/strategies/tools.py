"""Tools, choices among them, and formats of answers, for chat completions."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.strategies.bodies import Json, group
from cozecheck.strategies.json_schemas import objects

NAMES = ("f", "look_up_weather", "Get-Weather_2", "0", "-", "_", "x" * 64, "null", "function")
WRONG_NAMES = st.sampled_from(("", "🦀", "größe", "with space", "a.b", "x" * 65, "f\n", "../f", "f\u0000"))
"""Not letters, digits, `_` and `-`, or more than 64 of them."""
names = st.sampled_from(NAMES)
several_names = st.lists(names, unique=True, min_size=1, max_size=2)


described = st.sampled_from(({}, {}, {"description": "größe 🦀"}, {"description": ""}))
free_parts = st.tuples(described, st.sampled_from(({}, {"strict": False})), objects(strict=False))
strict_parts = st.tuples(described, st.just({"strict": True}), objects(strict=True))
definitions: SearchStrategy[Json] = (free_parts | strict_parts).map(
    lambda parts: {**parts[0], **parts[1], "parameters": parts[2]}
)
"""What a function tool says of its function, its name aside."""
custom_definitions: SearchStrategy[Json] = st.sampled_from(
    (
        {},
        {"description": "größe 🦀", "format": {"type": "text"}},
        {"format": {"type": "grammar", "grammar": {"syntax": "regex", "definition": "[a-z]+"}}},
    )
)
kinds = st.sampled_from(("function", "function", "function", "custom"))
chosen = st.integers(0, 9)


@st.composite
def offered(draw: st.DrawFn) -> Json:
    """Draw tools with a choice among them."""
    tools = [_tool(draw, name) for name in draw(several_names)]
    made: Json = {"tools": tools}
    choice, options = draw(chosen), choices(tools)
    if choice:
        made["tool_choice"] = options[choice % len(options)]
    if choice > 5:
        made["parallel_tool_calls"] = choice % 2 == 0
    return made


def _tool(draw: st.DrawFn, name: str) -> Json:
    kind = draw(kinds)
    return {"type": kind, kind: {"name": name, **draw(definitions if kind == "function" else custom_definitions)}}


def choices(tools: list[Json]) -> list[Any]:
    """Return the choices that there are among tools."""
    named = [{"type": each["type"], each["type"]: {"name": each[each["type"]]["name"]}} for each in tools]
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": named}}
    return ["none", "auto", "required", named[0], allowed, named[-1]]


@st.composite
def old_functions(draw: st.DrawFn) -> Json:
    """Draw functions in the deprecated spelling."""
    named = draw(several_names)
    made: Json = {"functions": [{"name": name, "parameters": draw(objects(strict=False))} for name in named]}
    if choice := draw(chosen):
        made["function_call"] = ("none", "auto", {"name": named[0]})[choice % 3]
    return made


schemas: SearchStrategy[Json] = st.one_of(
    group(name=names, strict=True, schema=objects(strict=True)),
    group(name=names, strict=st.sampled_from((None, False)), schema=objects(strict=False)),
)
formats: SearchStrategy[Json] = st.one_of(
    st.just({"type": "text"}),
    st.just({"type": "json_object"}),
    group(type="json_schema", json_schema=schemas),
)
