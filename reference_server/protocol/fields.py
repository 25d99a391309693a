"""Readers of JSON values: each checks one, or says where it is wrong."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from reference_server.errors import (
    EmptyArray,
    InvalidType,
    InvalidValue,
    MissingParameter,
    OutOfRange,
    TooLong,
    UnknownParameter,
)

Reader = Callable[[Any, str], Any]
"""Takes a JSON value and its path, such as `messages[0].role`; returns what it means or raises a Refusal."""

NAMES: Mapping[type, str] = MappingProxyType(
    {
        str: "a string",
        bool: "a boolean",
        int: "an integer",
        float: "a decimal number",
        list: "an array",
        dict: "an object",
        type(None): "null",
    }
)
NO_FIELDS: Mapping[str, Reader] = MappingProxyType({})


def described(value: object) -> str:
    """Name a JSON value's type in words; what is no JSON is a file of a form."""
    return NAMES.get(type(value), "a file")


def text(value: Any, at: str) -> str:
    """Read a string."""
    if type(value) is not str:
        raise InvalidType(at, "a string", described(value))
    return value


def flag(value: Any, at: str) -> bool:
    """Read a boolean."""
    if type(value) is not bool:
        raise InvalidType(at, "a boolean", described(value))
    return value


def free_object(value: Any, at: str) -> dict[str, Any]:
    """Read an object whose keys are not ours to know."""
    if type(value) is not dict:
        raise InvalidType(at, "an object", described(value))
    return value


def integer(least: int, most: int) -> Reader:
    """Read an integer between two bounds, both allowed."""

    def read(value: Any, at: str) -> int:
        if type(value) is not int:
            raise InvalidType(at, "an integer", described(value))
        refuse_outside(value, at, least, most, "integer")
        return value

    return read


def decimal(least: int, most: int) -> Reader:
    """Read a number between two bounds, both allowed."""

    def read(value: Any, at: str) -> float:
        if type(value) is not int and type(value) is not float:
            raise InvalidType(at, "a decimal number", described(value))
        refuse_outside(value, at, least, most, "decimal")
        return float(value)

    return read


def refuse_outside(value: float, at: str, least: int, most: int, kind: str) -> None:
    """Raise OutOfRange unless `least` <= value <= `most`."""
    if value < least:
        raise OutOfRange(at, kind, value, least, below=True)
    if value > most:
        raise OutOfRange(at, kind, value, most, below=False)


def short_text(most: int) -> Reader:
    """Read a string of at most `most` characters."""

    def read(value: Any, at: str) -> str:
        if len(text(value, at)) > most:
            raise TooLong(at, "string", most, len(value))
        return str(value)

    return read


def one_of(*names: str) -> Reader:
    """Read one of some strings."""

    def read(value: Any, at: str) -> str:
        if text(value, at) not in names:
            raise InvalidValue(at, value, names)
        return str(value)

    return read


def nullable(reader: Reader) -> Reader:
    """Read null as None, anything else with `reader`."""

    def read(value: Any, at: str) -> Any:
        return None if value is None else reader(value, at)

    return read


def array(item: Reader, *, least: int = 0, most: int | None = None) -> Reader:
    """Read an array to a tuple."""

    def read(value: Any, at: str) -> tuple[Any, ...]:
        if type(value) is not list:
            raise InvalidType(at, "an array", described(value))
        if len(value) < least:
            raise EmptyArray(at)
        if most is not None and len(value) > most:
            raise TooLong(at, "array", most, len(value))
        return tuple([item(element, f"{at}[{index}]") for index, element in enumerate(value)])

    return read


def mapping(item: Reader, *, most: int, longest_key: int) -> Reader:
    """Read an object of at most `most` keys, whose values are alike."""
    key_reader = short_text(longest_key)

    def read(value: Any, at: str) -> dict[str, Any]:
        if len(free_object(value, at)) > most:
            raise TooLong(at, "object", most, len(value))
        return {key_reader(key, at): item(element, f"{at}.{key}") for key, element in value.items()}

    return read


def record(required: Mapping[str, Reader], optional: Mapping[str, Reader] = NO_FIELDS) -> Reader:
    """Read an object with known keys: none missing, none unknown."""
    known = {**required, **optional}

    def read(value: Any, at: str) -> dict[str, Any]:
        prefix = f"{at}." if at else ""
        fields = free_object(value, at)
        for key in required:
            if key not in fields:
                raise MissingParameter(prefix + key)
        for key in fields:
            if key not in known:
                raise UnknownParameter(prefix + key)
        return {key: known[key](element, prefix + key) for key, element in fields.items()}

    return read


def tagged(tag: str, variants: Mapping[str, Reader]) -> Reader:
    """Read an object with the reader that its key `tag` names."""
    tag_reader = one_of(*variants)

    def read(value: Any, at: str) -> Any:
        if tag not in free_object(value, at):
            raise MissingParameter(f"{at}.{tag}")
        return variants[tag_reader(value[tag], f"{at}.{tag}")](value, at)

    return read


def either(readers: Mapping[type, Reader], expected: str) -> Reader:
    """Read a value with the reader for its JSON type; `expected` names the types in words."""

    def read(value: Any, at: str) -> Any:
        reader = readers.get(type(value))
        if reader is None:
            raise InvalidType(at, expected, described(value))
        return reader(value, at)

    return read
