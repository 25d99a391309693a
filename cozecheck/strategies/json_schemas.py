"""JSON Schemas for tools and structured outputs: bounded, and a little odd."""

from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Json = dict[str, Any]
LEVELS = 1
LEAVES: tuple[Json, ...] = (
    {"type": "string"},
    {"type": "integer"},
    {"type": "number"},
    {"type": "boolean"},
    {"type": "null"},
    {"type": "string", "description": "größe 🦀 مرحبا"},
    {"type": "string", "enum": ["a", "ä", "🦀", ""]},
    {"type": "integer", "enum": [1]},
    {"type": "string", "const": "always"},
    {"type": ["string", "null"]},
    {"type": "integer", "minimum": -3, "maximum": 3},
    {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
    {"type": "string", "format": "date-time"},
    {"type": "string", "pattern": "^[a-z]{1,3}$"},
    {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
    {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
)
OPEN_LEAVES: tuple[Json, ...] = (
    *LEAVES,
    {},
    {"type": "object"},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    {"type": "string", "default": "x", "examples": ["y"], "title": "Titled"},
    {"type": "array"},
    {"type": "string", "minLength": 1, "maxLength": 4},
)
"""What `strict` does not allow, and tools without it do."""
LIST = {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}}
STRICT_LIST = {**LIST, "required": ["next"], "additionalProperties": False}
NODE = {"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]}
STRICT_NODE = {**NODE, "additionalProperties": False}
PROPERTIES = st.sampled_from(("a", "city", "größe", "🦀", "a.b", "with space", "$id_", "x" * 64, "0"))
WRONG: SearchStrategy[Json] = st.sampled_from(
    (
        {"type": "banana"},
        {"type": "object", "properties": ["a"]},
        {"type": "object", "properties": {"a": {"type": "strin"}}},
        {"type": "object", "required": "a"},
        {"type": "object", "properties": {"a": 7}},
    )
)
"""Objects that are no JSON Schemas."""


@cache
def objects(*, strict: bool) -> SearchStrategy[Json]:
    """Draw the schema of an object, as `strict` wants it or freely; some refer to themselves."""
    deep = _objects(_parts(LEVELS, strict=strict), strict=strict)
    root = (STRICT_LIST, _defining(STRICT_NODE)) if strict else (LIST, _defining(NODE))
    return st.one_of(deep, deep, deep, st.sampled_from(root))


def _defining(node: Json) -> Json:
    inner = {"type": "array", "items": {"$ref": "#/$defs/node"}}
    whole = {"type": "object", "properties": {"nodes": inner}, "required": ["nodes"], "$defs": {"node": node}}
    return {**whole, "additionalProperties": False}


def _parts(levels: int, *, strict: bool) -> SearchStrategy[Json]:
    leaves = st.sampled_from(LEAVES if strict else OPEN_LEAVES)
    if levels == 0:
        return leaves
    inner = _parts(levels - 1, strict=strict)
    arrays = inner.map(lambda items: {"type": "array", "items": items})
    choices = inner.map(lambda one: {"anyOf": [one, {"type": "null"}]})
    return st.one_of(leaves, leaves, arrays, choices, _objects(inner, strict=strict))


def _objects(inner: SearchStrategy[Json], *, strict: bool) -> SearchStrategy[Json]:
    def made(properties: Json) -> Json:
        whole = {"type": "object", "properties": properties}
        if strict:
            return {**whole, "required": list(properties), "additionalProperties": False}
        return {**whole, "required": list(properties)[:1]} if properties else whole

    return st.dictionaries(PROPERTIES, inner, max_size=2).map(made)
