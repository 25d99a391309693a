"""Logprobs compared: their tokens, their signs, their alternatives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cozecheck.diff.telling import Differences, told

AT = "logprobs"


@dataclass(frozen=True, slots=True)
class Odds:
    """What the logprobs of one text are like."""

    add_up: bool
    """The tokens are those of the text."""
    are_odds: bool
    """None is above 0."""
    alternatives: int
    """At most so many stand beside a token."""


def compare(was: Any, now: Any) -> Differences:
    """Compare the logprobs of two bodies of any kind."""
    before, after = list(_odds(was)), list(_odds(now))
    if not before or not after:
        return
    if all(each.add_up for each in before) and not all(each.add_up for each in after):
        yield told("logprobs.tokens", AT, "the tokens of the text", "others")
    if all(each.are_odds for each in before) and not all(each.are_odds for each in after):
        yield told("logprobs.sign", AT, "0 at most", "above 0")
    if max(each.alternatives for each in before) > 0 == max(each.alternatives for each in after):
        yield told("logprobs.alternatives", AT, "some", "none")


def _odds(body: Any) -> Iterator[Odds]:
    if not isinstance(body, dict):
        return
    for choice in _objects(body.get("choices")):
        message, logprobs = choice.get("message"), choice.get("logprobs")
        if isinstance(logprobs, dict) and isinstance(message, dict):
            yield from _of_tokens(message.get("content"), _objects(logprobs.get("content")))
        elif isinstance(logprobs, dict):
            yield from _of_prompt(choice.get("text"), logprobs)
    for item in _objects(body.get("output")):
        for part in _objects(item.get("content")):
            yield from _of_tokens(part.get("text"), _objects(part.get("logprobs")))


def _of_tokens(text: Any, entries: list[dict[str, Any]]) -> Iterator[Odds]:
    if entries:
        yield Odds(
            add_up=_add_up(text, [each.get("token") for each in entries]),
            are_odds=not any(_is_above_zero(each.get("logprob")) for each in entries),
            alternatives=max(len(_objects(each.get("top_logprobs"))) for each in entries),
        )


def _of_prompt(text: Any, logprobs: Mapping[str, Any]) -> Iterator[Odds]:
    """Read the logprobs of a completion: a list for each kind of fact."""
    tokens, odds, top = (_listed(logprobs.get(key)) for key in ("tokens", "token_logprobs", "top_logprobs"))
    if tokens:
        beside = [len(each) for each in top if isinstance(each, dict)]
        yield Odds(_add_up(text, tokens), not any(map(_is_above_zero, odds)), max(beside, default=0))


def _add_up(text: Any, tokens: list[Any]) -> bool:
    return isinstance(text, str) and text == "".join(map(str, tokens))


def _is_above_zero(value: Any) -> bool:
    return isinstance(value, int | float) and value > 0


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in _listed(value) if isinstance(each, dict)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
