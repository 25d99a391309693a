"""Exchanges read as twins: one request answered as a body, and as a stream."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from cozecheck.contract.operations import operation
from cozecheck.exchange import Exchange
from cozecheck.views import answers
from cozecheck.views.completions import completion, completion_stream, written
from cozecheck.views.requests import Asked
from cozecheck.views.responses import response_object
from cozecheck.views.turns import turns
from cozecheck.views.wire import answer


@dataclass(frozen=True, slots=True)
class Told:
    """What twins have in common: words are a model's mood, and the tokens of an answer with them."""

    taken: bool
    ends: tuple[str, ...] = ()
    """Why each choice ended, or what a response came to, where no chance is in it."""
    calls: tuple[str, ...] = ()
    """The tools that were called, likewise."""
    prompt: int | None = None
    """The tokens of the prompt, where they were told."""


def told(exchange: Exchange) -> Told | None:
    """Return what an answer says beside its words; None where none came that can be compared."""
    whole, asked = answer(exchange), operation(exchange.request)
    if whole is None or asked is None or asked.name not in READ:
        return None
    refusal = Asked(exchange, whole.response, exchange.request.json)
    if refusal.is_kept_out or whole.response.status >= 500:
        return None
    found = READ[asked.name](exchange) if whole.response.ok else Told(taken=False)
    return found if found is None or is_settled(exchange.request.json) else replace(found, ends=(), calls=())


def is_settled(asked: Mapping[str, Any]) -> bool:
    """Whether a request leaves as little to chance as requests can."""
    return asked.get("temperature") == 0 or asked.get("seed") is not None


def parted(body: Told, stream: Told) -> Iterator[tuple[str, Any, Any]]:
    """Yield in what a stream differs from its twin: the name, the body's value, the stream's."""
    if body.taken != stream.taken:
        yield "the status", _fate(body), _fate(stream)
        return
    if body.ends != stream.ends:
        yield "the reasons to end", ", ".join(body.ends), ", ".join(stream.ends)
    if body.calls != stream.calls:
        yield "the tools called", ", ".join(body.calls), ", ".join(stream.calls)
    if None not in (body.prompt, stream.prompt) and body.prompt != stream.prompt:
        yield "the tokens of the prompt", body.prompt, stream.prompt


def _fate(told: Told) -> str:
    return "taken" if told.taken else "refused"


def _chat(exchange: Exchange) -> Told | None:
    found = turns(exchange)
    if found is None:
        return None
    ends, names = (turn.finish for turn in found.turns), (call.name for call in found.calls)
    return Told(
        taken=True, ends=_sorted(ends), calls=_sorted(names), prompt=_count(answers.usage(exchange), "prompt_tokens")
    )


def _completion(exchange: Exchange) -> Told | None:
    found, body, stream = written(exchange), completion(exchange), completion_stream(exchange)
    if found is None:
        return None
    parts = body.choices if body else [choice for _, choice in stream.parts()] if stream else []
    ends = (each.get("finish_reason") for each in parts if each.get("finish_reason"))
    return Told(taken=True, ends=_sorted(ends), prompt=_count(found.usage, "prompt_tokens"))


def _response(exchange: Exchange) -> Told | None:
    found = response_object(exchange)
    if found is None:
        return None
    names = (item.get("name") for _, item in found.of_type("function_call"))
    return Told(
        taken=True,
        ends=_sorted((found.value.get("status"),)),
        calls=_sorted(names),
        prompt=_count(found.usage, "input_tokens"),
    )


READ: Mapping[str, Callable[[Exchange], Told | None]] = MappingProxyType(
    {"chat.completions.create": _chat, "completions.create": _completion, "responses.create": _response}
)
"""The operations that stream, and how their answers are read."""


def _sorted(values: Iterator[Any] | tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(sorted(str(each) for each in values))


def _count(usage: Mapping[str, Any], name: str) -> int | None:
    count = usage.get(name)
    return count if isinstance(count, int) else None
