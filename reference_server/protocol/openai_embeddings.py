"""OpenAI's embeddings: a request body to what is to be embedded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reference_server.errors import Malformed, ModelNotFound, NotServed, OutOfRange, TooFewDimensions
from reference_server.protocol.fields import (
    Reader,
    array,
    described,
    either,
    integer,
    nullable,
    one_of,
    record,
    text,
)
from reference_server.protocol.json_body import parse_object

SIZES: Mapping[str, int] = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
"""Dimensions of each model's vectors."""
FIXED = frozenset({"text-embedding-ada-002"})
"""Models whose vectors can't be shortened."""
MOST_INPUTS = 2048
MOST_TOKENS = 2**31 - 1

Input = str | tuple[int, ...]
"""A text, or its tokens."""


def written(value: Any, at: str) -> str:
    """Read a text that is not empty."""
    if not text(value, at):
        raise Malformed(at, "input cannot be an empty string.")
    return str(value)


token = integer(0, MOST_TOKENS)
tokens = array(token, least=1, most=MOST_INPUTS)


def several(value: Any, at: str) -> tuple[Input, ...]:
    """Read an array of texts, of tokens, or of arrays of tokens; the first element tells which."""
    if value and type(value[0]) is int:
        return (tokens(value, at),)
    item = either({str: written, list: tokens}, "a string or an array of integers")
    read: tuple[Input, ...] = array(item, least=1, most=MOST_INPUTS)(value, at)
    for place, each in enumerate(read):
        if type(each) is not type(read[0]):
            kind = "a string" if isinstance(read[0], str) else "an array"
            refuse_type(f"{at}[{place}]", kind, value[place])
    return read


def refuse_type(at: str, expected: str, value: Any) -> None:
    """Refuse an element of another kind than the first."""
    raise Malformed(at, f"all elements are alike: expected {expected}, but got {described(value)}.")


def alone(value: Any, at: str) -> tuple[Input, ...]:
    """Read a single text."""
    return (written(value, at),)


required: Mapping[str, Reader] = {
    "input": either({str: alone, list: several}, "one of a string or an array"),
    "model": text,
}
optional: Mapping[str, Reader] = {
    "dimensions": nullable(integer(-MOST_TOKENS, MOST_TOKENS)),
    "encoding_format": nullable(one_of("float", "base64")),
    "user": text,
}
parameters = record(required, optional)


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """What is to be embedded, by which model, to how many dimensions."""

    model: str
    inputs: tuple[Input, ...]
    dimensions: int
    as_base64: bool


def parse_embedding(body: bytes, *, any_model: bool = False) -> EmbeddingRequest:
    """Read and check a whole body; a Refusal names the first thing that is wrong.

    `any_model` leaves it to an engine what a model is, and how many dimensions its vectors have: 0 is not asked for.
    """
    given = {key: value for key, value in parameters(parse_object(body), "").items() if value is not None}
    model, as_base64 = given["model"], given.get("encoding_format") == "base64"
    if any_model:
        return EmbeddingRequest(model, given["input"], given.get("dimensions", 0), as_base64)
    if model not in SIZES:
        raise ModelNotFound(model)
    dimensions = given.get("dimensions", SIZES[model])
    if "dimensions" in given and model in FIXED:
        raise NotServed("dimensions", f"a value with '{model}'")
    if dimensions < 1:
        raise TooFewDimensions(dimensions)
    if dimensions > SIZES[model]:
        raise OutOfRange("dimensions", "integer", dimensions, SIZES[model], below=False)
    return EmbeddingRequest(model, given["input"], dimensions, as_base64)
