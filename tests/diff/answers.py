"""Answers to the same requests, each time in other words: what a good server does."""

import random
from collections.abc import Callable
from typing import Any

from cozecheck.exchange import Exchange
from tests.examples import (
    USAGE_ASKED,
    answer,
    asking,
    chat_body,
    choice,
    chunk,
    error,
    exchange,
    refusal,
    stream,
    usage,
    with_usage,
)
from tests.response_examples import call, created, response, said, spent, streamed, text_events, wanting

WORDS = ("well", "yes", "the", "weather", "is", "fine", "today", "and", "tomorrow", "as", "you", "asked")
TOOL = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": TOOL}}]
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
FORMAT = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}
CITIES = ("Paris", "Köln", "Hyderabad", "東京")
EMBEDDED = tuple(map(random.Random(1).gauss, [0.0] * 64, [1.0] * 64))

Chance = random.Random


def words(chance: Chance) -> list[str]:
    return [chance.choice(WORDS) for _ in range(chance.randint(8, 16))]


def token(chance: Chance, length: int = 24) -> str:
    return "".join(chance.choice("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(length))


def head(chance: Chance) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{token(chance)}",
        "created": chance.randint(1_700_000_000, 1_800_000_000),
        "system_fingerprint": chance.choice((None, f"fp_{token(chance, 10)}")),
        "service_tier": "default",
    }


def tool_call(chance: Chance, **more: Any) -> dict[str, Any]:
    function = {"name": "weather", "arguments": f'{{"city": "{chance.choice(CITIES)}"}}'}
    return {"id": f"call_{token(chance)}", "type": "function", "function": function, **more}


def text(chance: Chance) -> Exchange:
    told = words(chance)
    return answer(chat_body(choice(" ".join(told)), **head(chance), usage=usage(10, len(told))))


def two_choices(chance: Chance) -> Exchange:
    choices = [choice(" ".join(words(chance)), index=index) for index in (0, 1)]
    return answer(chat_body(*choices, **head(chance), usage=usage(10, 24)), asked=asking(n=2))


def tool(chance: Chance) -> Exchange:
    calls = choice(None, finish="tool_calls", tool_calls=[tool_call(chance), tool_call(chance)])
    return answer(chat_body(calls, **head(chance)), asked=asking(tools=TOOLS))


def structured(chance: Chance) -> Exchange:
    person = choice(f'{{"name": "{chance.choice(CITIES)}"}}')
    return answer(chat_body(person, **head(chance)), asked=asking(response_format=FORMAT))


def text_stream(chance: Chance) -> Exchange:
    constant = head(chance)
    opening = chunk({"role": "assistant", "content": "", "refusal": None}, **constant)
    told = [chunk({"content": f"{word} "}, **constant, obfuscation=token(chance, 5)) for word in words(chance)]
    last = chunk(choices=[], usage=usage(10, len(told)), **constant)
    chunks = with_usage(opening, *told, chunk(finish="stop", **constant), last=last)
    return stream(*chunks, asked=asking(**USAGE_ASKED))


def tool_stream(chance: Chance) -> Exchange:
    constant = head(chance)
    called = tool_call(chance, index=0)
    pieces = called["function"].pop("arguments")
    called["function"]["arguments"] = ""
    opening = chunk({"role": "assistant", "content": None, "tool_calls": [called], "refusal": None}, **constant)
    told = [chunk({"tool_calls": [{"index": 0, "function": {"arguments": each}}]}, **constant) for each in pieces]
    return stream(opening, *told, chunk(finish="tool_calls", **constant), asked=asking(stream=True, tools=TOOLS))


def named(chance: Chance) -> dict[str, Any]:
    return {"id": f"resp_{token(chance, 50)}", "created_at": chance.randint(1_700_000_000, 1_800_000_000)}


def responding(chance: Chance) -> Exchange:
    told = words(chance)
    return created(response(said(" ".join(told), id=f"msg_{token(chance)}"), **named(chance), usage=spent(len(told))))


def calling(chance: Chance) -> Exchange:
    tools = [{"type": "function", "name": "weather", "parameters": TOOL}]
    made = call(f'{{"city": "{chance.choice(CITIES)}"}}', id=f"fc_{token(chance)}", call_id=f"call_{token(chance)}")
    return created(response(made, **named(chance)), wanting(tools=tools))


def responding_stream(chance: Chance) -> Exchange:
    return streamed(text_events(*(f"{word} " for word in words(chance))))


def embedding(chance: Chance) -> Exchange:
    vectors = [[each + chance.gauss(0, 1e-4) for each in EMBEDDED] for _ in range(2)]
    data = [{"object": "embedding", "index": index, "embedding": each} for index, each in enumerate(vectors)]
    counted = {"prompt_tokens": 4, "total_tokens": 4}
    body = {"object": "list", "data": data, "model": "text-embedding-3-small", "usage": counted}
    return exchange({"model": "text-embedding-3-small", "input": ["a", "b"]}, body, path="/embeddings")


def refused(chance: Chance) -> Exchange:
    return refusal(404, error(f"The model does not exist ({token(chance)}).", code="model_not_found"))


KINDS: tuple[Callable[[Chance], Exchange], ...] = (
    text,
    two_choices,
    tool,
    structured,
    text_stream,
    tool_stream,
    responding,
    calling,
    responding_stream,
    embedding,
    refused,
)
"""Each makes an answer to one request, in words drawn by chance."""


def pairs(count: int, seed: int) -> list[tuple[Exchange, Exchange]]:
    """Return pairs of good answers to one request, of every kind in turn."""
    chance = Chance(seed)
    kinds = (KINDS[number % len(KINDS)] for number in range(count))
    return [(make(chance), make(chance)) for make in kinds]
