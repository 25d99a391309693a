"""JSON Schemas that requests carry: what fits them, and what is none."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

MOST = 5
"""Departures looked at: a wrong value can be wrong in every item."""
UNENFORCED = frozenset(
    (
        "minLength",
        "maxLength",
        "multipleOf",
        "uniqueItems",
        "contains",
        "minProperties",
        "maxProperties",
        "propertyNames",
    )
)
"""What OpenAI's structured outputs do not promise to follow, and what fractions can't be held to."""
DEEPEST = 60
"""Levels of a value or a schema that are followed."""


def faults(schema: Mapping[str, Any], value: Any) -> list[tuple[str, str]]:
    """Return where *value* departs from *schema*, each place as a JSON Pointer, with what is wrong there.

    Nothing is fetched: a schema that is none, refers elsewhere, or has patterns of another kind allows everything.
    """
    if is_deep(schema) or is_deep(value) or fault(schema):
        return []
    kind = validator_for(schema, default=Draft202012Validator)
    validator: Validator = kind(schema, registry=Registry())
    try:
        departures = (error for error in validator.iter_errors(value) if error.validator not in UNENFORCED)
        return [_told(error) for error in islice(departures, MOST)]
    except (Unresolvable, re.error, RecursionError):
        return []


def _told(error: ValidationError) -> tuple[str, str]:
    return "".join(f"/{part}" for part in error.absolute_path), error.message


def fault(schema: Any) -> str:
    """Return what makes *schema* no JSON Schema, empty where it is one; too deep to be followed, it passes for one."""
    return "" if is_deep(schema) else _fault(json.dumps(schema))


@lru_cache(maxsize=512)  # applications send the same few schemas with every request
def _fault(text: str) -> str:
    schema = json.loads(text)
    if not isinstance(schema, dict):
        return "not an object"
    try:
        validator_for(schema, default=Draft202012Validator).check_schema(schema)
    except SchemaError as error:
        return error.message
    return ""


def is_deep(value: Any) -> bool:
    """Whether arrays and objects lie deeper within each other than is followed."""
    level, deep = [value], 0
    while level and deep <= DEEPEST:
        level = [part for each in level for part in _parts(each)]
        deep += 1
    return bool(level)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
