"""Plain values to dataclasses: each part of its type, or where it is not."""

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class MismatchError(ValueError):
    """A value is not of the type that is expected; says where it stands."""


def read(kind: type[T], value: Any) -> T:
    """Return *value*, as JSON has it, as the dataclass *kind*; keys that it does not know are ignored.

    Raises MismatchError. What it is made of: texts, numbers, booleans, StrEnums, tuples, mappings, other dataclasses,
    Any, and each of them or None.
    """
    made: T = _value(kind, value, "")
    return made


def _value(kind: Any, value: Any, at: str) -> Any:
    if kind is Any:
        return value
    if get_origin(kind) is UnionType:  # of a type and None, the only one that there is
        return None if value is None else _value(get_args(kind)[0], value, at)
    if is_dataclass(kind):
        return _object(kind, value, at)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise MismatchError(f"{at}: expected a list, got {_said(value)}")
        return tuple(_value(get_args(kind)[0], each, f"{at}[{index}]") for index, each in enumerate(value))
    if get_origin(kind) is Mapping:
        inner = get_args(kind)[1]
        return {key: _value(inner, each, f"{at}.{key}") for key, each in _mapping(value, at).items()}
    if issubclass(kind, StrEnum):
        if value not in list(kind):
            raise MismatchError(f"{at}: expected one of {', '.join(kind)}, got {_said(value)}")
        return kind(value)
    if kind is float and type(value) is int:
        return _float(value, at)
    if type(value) is not kind or (kind is float and not math.isfinite(value)):
        raise MismatchError(f"{at}: expected {_NAMES[kind]}, got {_said(value)}")
    return value


_NAMES = {str: "a string", int: "an integer", float: "a number", bool: "true or false"}


def _float(value: int, at: str) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise MismatchError(f"{at}: {error}") from None


def _mapping(value: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise MismatchError(f"{at}: expected an object, got {_said(value)}")
    return value


def _object(kind: Any, value: Any, at: str) -> Any:
    given, parts = _mapping(value, at), {}
    for name, (part, required) in _parts(kind).items():
        if name in given:
            parts[name] = _value(part, given[name], f"{at}.{name}".lstrip("."))
        elif required:
            raise MismatchError(f"{f'{at}.{name}'.lstrip('.')} is missing")
    return kind(**parts)


@cache
def _parts(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Return the type of each field, and whether it must be given."""
    kinds = get_type_hints(kind)
    return {
        each.name: (kinds[each.name], each.default is MISSING and each.default_factory is MISSING)
        for each in fields(kind)
    }


def _said(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
