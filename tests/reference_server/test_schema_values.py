from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reference_server.engines.schema_values import Maker
from reference_server.engines.seeds import Seed

Json = dict[str, Any]
LIST: Json = {"$ref": "#/$defs/node"}
NODE: Json = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
    "required": ["value", "next"],
    "additionalProperties": False,
}

SCHEMAS: list[Json] = [
    {"type": "string"},
    {"type": "string", "minLength": 40},
    {"type": "string", "maxLength": 2},
    {"type": "string", "format": "date"},
    {"enum": ["a", 1, None]},
    {"const": {"a": [1]}},
    {"type": "integer"},
    {"type": "integer", "minimum": -3, "maximum": -1},
    {"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6},
    {"type": "integer", "multipleOf": 7, "minimum": 10},
    {"type": "number", "minimum": 0.1, "maximum": 0.2},
    {"type": "boolean"},
    {"type": "null"},
    {"type": ["null", "string"]},
    {"type": "array", "items": {"type": "integer"}, "minItems": 5, "maxItems": 6},
    {"type": "array", "items": {"enum": ["a"]}, "maxItems": 0},
    {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}], "minItems": 2},
    {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "boolean"}}}}},
    {"type": "object", "required": ["a"]},
    {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    {"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"required": ["b"]}], "type": "object"},
    {**LIST, "$defs": {"node": NODE}},
    {"type": "array", "items": {"$ref": "#"}},
    {},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@pytest.mark.parametrize("seed", [b"1", b"2", b"3"])
def test_a_value_fits_its_schema(schema: Json, seed: bytes) -> None:
    Draft202012Validator(schema).validate(Maker(schema, Seed(seed)).value(schema))


def test_the_same_seed_gives_the_same_value() -> None:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in "abc"}}
    made = [Maker(schema, Seed(seed)).value(schema) for seed in (b"1", b"1", b"2")]
    assert made[0] == made[1] != made[2]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"type": "array", "minItems": 10**9, "items": {}},
        {"type": "string", "minLength": 10**9},
        {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"allOf": [{"$ref": "#"}]},
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}]},
        {"type": "number", "minimum": 1e308, "multipleOf": 1e-300},
        {"type": "array", "minItems": 2.0, "items": {"type": "string", "minLength": 3.0, "maxLength": 9.0}},
        {"type": "array", "minItems": 9, "items": {"$ref": "#"}},
    ],
    ids=str,
)
def test_what_has_no_end_comes_to_one(schema: Json) -> None:
    assert len(str(Maker(schema, Seed(b"1")).value(schema))) < 1_000_000
