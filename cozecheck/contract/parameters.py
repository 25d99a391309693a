"""The documented parameters of a chat request: types, ranges, and what breaks them.

The SDK's types say nothing of ranges; these come from OpenAI's OpenAPI document, CreateChatCompletionRequest.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from cozecheck.contract.sources import CHAT_REQUEST, spec


@dataclass(frozen=True, slots=True)
class Fault:
    """How a request departs from what is documented: *kind* is missing, empty, type, enum, range or alone."""

    param: str
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Range:
    """The documented range of a parameter, both ends inside it; *whole* numbers only where so."""

    param: str
    low: float
    high: float
    whole: bool = False

    @property
    def cite(self) -> str:
        """Where the range is written."""
        return spec(CHAT_REQUEST + self.param)

    def __str__(self) -> str:
        return f"{self.low} or more" if self.high == LARGE else f"{self.low}..{self.high}"

    def holds(self, value: Any) -> bool:
        """Whether *value* lies in the range; what is no number is not for this rule."""
        return not is_number(value) or self.low <= value <= self.high


MAX_STOPS = 4
LARGE = 2**53

RANGES = (
    Range("temperature", 0, 2),
    Range("top_p", 0, 1),
    Range("n", 1, 128, whole=True),
    # 0 is refused by newer models and was taken by older ones ("Expected a value >= 0"): not beyond doubt.
    Range("max_tokens", 0, LARGE, whole=True),
    Range("max_completion_tokens", 0, LARGE, whole=True),
    Range("presence_penalty", -2, 2),
    Range("frequency_penalty", -2, 2),
    Range("top_logprobs", 0, 20, whole=True),
)
LOGIT_BIAS = Range("logit_bias", -100, 100)

ROLES = frozenset(("developer", "system", "user", "assistant", "tool", "function"))
WITH_CONTENT = frozenset(("developer", "system", "user"))
"""Roles whose messages say something, always."""
FLAGS = frozenset(("stream", "logprobs", "parallel_tool_calls", "store"))
STRINGS = frozenset(("user", "prompt_cache_key", "safety_identifier"))


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether *value* is a JSON number: in Python a bool is an int, in JSON it is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with a chat request by the documentation; only what is beyond doubt."""
    yield from _required(body)
    yield from _types(body)
    for each in RANGES:
        if not each.holds(body.get(each.param)):
            yield Fault(each.param, "range", f"{body[each.param]} is not {each}")
    if is_number(body.get("top_logprobs")) and not body.get("logprobs"):
        yield Fault("top_logprobs", "alone", "top_logprobs needs logprobs: true")
    yield from _stops(body.get("stop"))
    yield from _biases(body.get("logit_bias"))


def _required(body: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("model", "messages"):
        if body.get(name) is None:
            yield Fault(name, "missing", f"{name} is required")
    if body.get("messages") == []:
        yield Fault("messages", "empty", "messages is an empty list")


def _types(body: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(body.get("model", ""), str | None):
        yield Fault("model", "type", "model is not a string")
    for each in RANGES:
        yield from _wrong(body, each.param, "a whole number" if each.whole else "a number", _number(whole=each.whole))
    for name in FLAGS:
        yield from _wrong(body, name, "true or false", lambda value: isinstance(value, bool))
    for name in STRINGS:
        yield from _wrong(body, name, "a string", lambda value: isinstance(value, str))
    yield from _messages(body.get("messages"))


def _messages(messages: Any) -> Iterator[Fault]:
    if messages is None:
        return
    if not isinstance(messages, list):
        yield Fault("messages", "type", "messages is not a list")
        return
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            yield Fault(f"messages[{index}]", "type", "the message is not an object")
        else:
            yield from _message(message, f"messages[{index}]")


def _message(message: Mapping[str, Any], at: str) -> Iterator[Fault]:
    role = message.get("role")
    if role is None:
        yield Fault(f"{at}.role", "missing", "the message has no role")
    elif not isinstance(role, str) or role not in ROLES:
        yield Fault(f"{at}.role", "enum", f"role {role!r} is not documented")
    elif role in WITH_CONTENT and "content" not in message:
        yield Fault(f"{at}.content", "missing", "the message has no content")
    elif role in WITH_CONTENT and message["content"] is None:
        yield Fault(f"{at}.content", "type", "the content of the message is null")


def _wrong(body: Mapping[str, Any], name: str, wanted: str, fits: Callable[[Any], bool]) -> Iterator[Fault]:
    value = body.get(name)
    if value is not None and not fits(value):
        yield Fault(name, "type", f"{name} is not {wanted}")


def _number(*, whole: bool) -> Callable[[Any], bool]:
    return lambda value: is_number(value) and (not whole or isinstance(value, int) or value.is_integer())


def _stops(stop: Any) -> Iterator[Fault]:
    if isinstance(stop, list) and len(stop) > MAX_STOPS:
        yield Fault("stop", "range", f"{len(stop)} stop sequences, at most {MAX_STOPS} are documented")


def _biases(biases: Any) -> Iterator[Fault]:
    if not isinstance(biases, dict):
        return
    for token, bias in biases.items():
        if not token.isdigit():
            yield Fault("logit_bias", "type", f"{token!r} is not a token id")
        elif not LOGIT_BIAS.holds(bias):
            yield Fault("logit_bias", "range", f"{bias} is not {LOGIT_BIAS}")
