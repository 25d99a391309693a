"""OpenAI's old completions: a request body to prompts and how to go on with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reference_server.errors import NotAllowedTogether, OutOfRange
from reference_server.protocol.fields import (
    Reader,
    array,
    decimal,
    either,
    flag,
    integer,
    nullable,
    record,
    text,
)
from reference_server.protocol.json_body import parse_object
from reference_server.protocol.openai_parameters import MOST_TOKENS, logit_bias, stop

USUAL_LENGTH = 16
"""Tokens of a completion where nothing is said."""
MOST_PROMPTS = 2048
NO_PROMPT = ""
"""What a prompt of null stands for: the beginning of a new document."""

Prompt = str | tuple[int, ...]
"""A text, or its tokens."""

tokens = array(integer(0, MOST_TOKENS), least=1)


def prompts(value: Any, at: str) -> tuple[Prompt, ...]:
    """Read a text, an array of texts, tokens, or an array of tokens; the first element tells which array it is."""
    if value is None or isinstance(value, str):
        return (value or NO_PROMPT,)
    if isinstance(value, list) and value and type(value[0]) is int:
        return (tokens(value, at),)
    item = tokens if isinstance(value, list) and value and type(value[0]) is list else text
    read = either({list: array(item, least=1, most=MOST_PROMPTS)}, "one of a string or an array")
    found: tuple[Prompt, ...] = read(value, at)
    return found


required: Mapping[str, Reader] = {"model": text, "prompt": prompts}
optional: Mapping[str, Reader] = {
    "best_of": nullable(integer(1, 20)),
    "echo": nullable(flag),
    "frequency_penalty": nullable(decimal(-2, 2)),
    "logit_bias": nullable(logit_bias),
    "logprobs": nullable(integer(0, 5)),
    "max_tokens": nullable(integer(0, MOST_TOKENS)),
    "n": nullable(integer(1, 128)),
    "presence_penalty": nullable(decimal(-2, 2)),
    "seed": nullable(integer(-(2**63), 2**63 - 1)),
    "stop": nullable(stop),
    "stream": nullable(flag),
    "stream_options": nullable(record({}, {"include_usage": flag, "include_obfuscation": flag})),
    "suffix": nullable(text),
    "temperature": nullable(decimal(0, 2)),
    "top_p": nullable(decimal(0, 1)),
    "user": text,
}
parameters = record(required, optional)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionRequest:
    """Prompts and how to go on with each; every value is checked.

    Of `best_of` completions the first `n` are answered. `logprobs` is how many alternatives each token has, None
    for no logprobs at all. `options` holds what was accepted but is an engine's business alone.
    """

    model: str
    prompts: tuple[Prompt, ...]
    n: int = 1
    best_of: int = 1
    echo: bool = False
    max_tokens: int = USUAL_LENGTH
    stop: tuple[str, ...] = ()
    seed: int | None = None
    temperature: float = 1.0
    logprobs: int | None = None
    stream: bool = False
    include_usage: bool = False
    tenant: str = ""
    user: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


SHARED = frozenset({"model", "n", "echo", "max_tokens", "stop", "seed", "temperature", "logprobs", "stream", "user"})
OPTIONS = frozenset({"frequency_penalty", "logit_bias", "presence_penalty", "top_p"})


def parse_completion(body: bytes) -> CompletionRequest:
    """Read and check a whole body; a Refusal names the first thing that is wrong."""
    given = parameters(parse_object(body), "")
    asked = {key: value for key, value in given.items() if value is not None}
    count = asked.get("n", 1)
    best_of = asked.get("best_of", count)
    check_together(asked, count, best_of)
    return CompletionRequest(
        **{key: asked[key] for key in SHARED & asked.keys()},
        prompts=given["prompt"],
        best_of=best_of,
        include_usage=asked.get("stream_options", {}).get("include_usage", False),
        options={key: asked[key] for key in OPTIONS & asked.keys()},
    )


def check_together(asked: Mapping[str, Any], count: int, best_of: int) -> None:
    """Refuse parameters that contradict each other."""
    if best_of < count:
        raise OutOfRange("best_of", "integer", best_of, count, below=True)
    if best_of > count and asked.get("stream"):
        raise NotAllowedTogether("best_of", "'best_of' above 'n' is not allowed when 'stream' is true.")
    if "stream_options" in asked and not asked.get("stream"):
        raise NotAllowedTogether("stream_options", "'stream_options' is only allowed when 'stream' is true.")
