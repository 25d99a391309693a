"""Response values held strictly against the installed SDK's types."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

CHAT_PARAMETERS = frozenset(CompletionCreateParamsNonStreaming.__annotations__)
"""The names of all parameters of a chat request."""
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Departure:
    """One place where a value does not fit its type."""

    path: Path
    expected: str
    actual: Any

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901)."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)

    def below(self) -> "Departure":
        """The same place seen from inside the first step of its path."""
        return Departure(self.path[1:], self.expected, self.actual)


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def chat_completion(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's ChatCompletion."""
    return _departures(ChatCompletion, value)


def chat_chunks(values: list[Any]) -> tuple[Departure, ...]:
    """Hold a list of chunks against the SDK's ChatCompletionChunk; paths begin with the position."""
    return _departures(list[ChatCompletionChunk], values)


def model(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Model."""
    return _departures(Model, value)


def chat_request(value: Any) -> tuple[Departure, ...]:
    """Hold a request body against the SDK's parameters for a chat completion."""
    streams = isinstance(value, dict) and value.get("stream") is True
    return _departures(CompletionCreateParamsStreaming if streams else CompletionCreateParamsNonStreaming, value)


def tagged_departures(shape: Any, value: Any) -> tuple[Departure, ...]:
    """Hold *value* against *shape*, in whose unions the arm is told by `type`; what no arm is for is let pass."""
    try:
        _adapter(shape).validate_python(value, strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
    else:
        return ()
    others = {each["loc"][:-1] for each in found if each["type"] == "literal_error" and each["loc"][-1] == "type"}
    meant = (each for each in found if not any(each["loc"][: len(arm)] == arm for arm in others))
    return tuple(_once(_departure(value, each["loc"], each["type"], each["msg"]) for each in meant))


def _departures(shape: Any, value: Any) -> tuple[Departure, ...]:
    try:
        _adapter(shape).validate_python(value, strict=True)
    except ValidationError as error:
        found = _of_the_arm_meant(error.errors(include_url=False, include_context=False))
        return tuple(_once(_departure(value, each["loc"], each["type"], each["msg"]) for each in found))
    return ()


def _of_the_arm_meant(found: list[ErrorDetails]) -> list[ErrorDetails]:
    """Drop what the arms of a union say of a value that, by its `type`, is meant for another arm."""
    types = [each["loc"][:-1] for each in found if each["type"] == "literal_error" and each["loc"][-1:] == ("type",)]
    others = [arm for arm in types if arm and isinstance(arm[-1], str) and arm[-1][:1].isupper()]
    meant = [each for each in found if not any(each["loc"][: len(arm)] == arm for arm in others)]
    return meant or found


def _departure(value: Any, location: Path, kind: str, message: str) -> Departure:
    """Turn pydantic's location into a path in *value*: it also names the arms of unions, which are no keys."""
    path: list[str | int] = []
    for part in location:
        if _has(value, part):
            value = value[part]
        elif kind == "missing" and part == location[-1]:
            return Departure((*path, part), "present", "absent")
        else:
            continue
        path.append(part)
    return Departure(tuple(path), message.removeprefix("Input should be "), value)


def _has(value: Any, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _once(departures: Iterable[Departure]) -> Iterator[Departure]:
    """Keep one departure a place: a union says the same once an arm."""
    seen: set[Path] = set()
    for departure in departures:
        if departure.path not in seen:
            seen.add(departure.path)
            yield departure
