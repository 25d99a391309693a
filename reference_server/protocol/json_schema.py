"""JSON Schemas that a request carries: valid, and fit for `strict`."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import jiter
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from reference_server.errors import Refusal

DEEPEST = 40
"""Levels of arrays and objects that a schema may have."""
REMEMBERED = 256
SUBSCHEMAS = ("properties", "$defs", "definitions")


class InvalidSchema(Refusal):
    """A schema that is none, or that breaks the rules of `strict`."""

    def __init__(self, param: str, code: str, what: str, reason: str) -> None:
        """`what` is what the schema is for: `function 'look'`; the reason says where it is wrong."""
        super().__init__(400, f"Invalid schema for {what}: {reason}", code=code, param=param)


def require_schema(schema: Mapping[str, Any], written: str, *, strict: bool) -> str:
    """Return what is wrong with a schema, empty where nothing is; `written` is its JSON text."""
    return fault(written) or (next(departures(schema, ()), "") if strict else "")


@lru_cache(REMEMBERED)
def fault(written: str) -> str:
    """Return where and why a JSON text is no JSON Schema, empty where it is one."""
    schema = jiter.from_json(written.encode())
    if depth(schema) > DEEPEST:
        return f"In context=(), more than {DEEPEST} levels deep."
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return f"In context={tuple(error.path)}, {error.message}."
    root = schema.get("type", "object")
    return "" if root == "object" else f"In context=(), schema must be of type 'object', got {root!r}."


def depth(value: Any) -> int:
    """Return how many levels of arrays and objects there are."""
    level, deep = [value], 0
    while level:
        level = [part for each in level for part in parts(each)]
        deep += bool(level)
    return deep


def parts(value: Any) -> Iterator[Any]:
    """Yield what an array or an object holds."""
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def departures(schema: Any, context: tuple[str, ...]) -> Iterator[str]:
    """Yield how a schema breaks the rules of `strict`: closed objects, and every property required."""
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" or "properties" in schema:
        yield from closed(schema, context)
    for group in SUBSCHEMAS:
        for name, part in (schema.get(group) or {}).items():
            yield from departures(part, (*context, group, name))
    for key in ("items", "additionalProperties"):
        yield from departures(schema.get(key), (*context, key))
    for place, part in enumerate(schema.get("anyOf") or ()):
        yield from departures(part, (*context, "anyOf", str(place)))


def closed(schema: Mapping[str, Any], context: tuple[str, ...]) -> Iterator[str]:
    """Yield what an object's schema lacks for `strict`."""
    if schema.get("additionalProperties") is not False:
        yield f"In context={context}, 'additionalProperties' is required to be supplied and to be false."
    missing = set(schema.get("properties", {})) - set(schema.get("required", ()))
    if missing:
        yield (
            f"In context={context}, 'required' is required to be supplied and to be an array including every key in "
            f"properties. Missing '{min(missing)}'."
        )
