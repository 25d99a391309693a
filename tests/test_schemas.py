"""JSON Schemas of requests: what fits them, and what is none."""

from typing import Any

import pytest

from cozecheck.contract.schemas import fault, faults

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"properties": {"a": schema}}
    return schema


def test_a_value_that_fits_has_no_faults() -> None:
    assert faults(CITY, {"city": "Oslo"}) == []


def test_a_fault_says_where() -> None:
    assert faults(CITY, {"city": 5}) == [("/city", "5 is not of type 'string'")]
    assert faults(CITY, {})[0][0] == ""


def test_at_most_five_faults_are_looked_at() -> None:
    assert len(faults({"items": {"type": "string"}}, list(range(1000)))) == 5


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "no-such-type"},
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "#/$defs/nowhere"},
        {"pattern": "(?<a"},
        {"type": "string", **nested(500)},
    ],
    ids=["no schema", "elsewhere", "nowhere", "another kind of pattern", "beyond depth"],
)
def test_what_cannot_be_held_allows_everything_and_fetches_nothing(schema: dict[str, Any]) -> None:
    assert faults(schema, "Oslo") == []


@pytest.mark.parametrize("schema", [None, "object", [], {"type": "objekt"}, {"required": "a"}], ids=str)
def test_what_is_no_schema_says_why(schema: Any) -> None:
    assert fault(schema)


@pytest.mark.parametrize("schema", [{}, CITY, nested(500)], ids=["anything", "an object", "beyond depth"])
def test_a_schema_is_one(schema: Any) -> None:
    assert fault(schema) == ""
