"""The parameters of a request, fitted to what an engine can serve."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeGuard

from reference_server.errors import Refusal
from reference_server.protocol.fields import refuse_outside
from reference_server.settings.parameters import DECIMALS, INTEGERS, Parameters

DEFAULTS: Mapping[str, Any] = {
    "background": False,
    "best_of": 1,
    "echo": False,
    "encoding_format": "float",
    "frequency_penalty": 0,
    "include": [],
    "logit_bias": {},
    "logprobs": False,
    "metadata": {},
    "modalities": ["text"],
    "n": 1,
    "parallel_tool_calls": True,
    "presence_penalty": 0,
    "response_format": {"type": "text"},
    "service_tier": "auto",
    "stop": [],
    "store": False,
    "stream": False,
    "temperature": 1,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1,
    "truncation": "disabled",
}
"""Values that ask for nothing: an engine without the parameter does the same. So does null, for all."""


class UnsupportedParameter(Refusal):
    """A parameter that the engine can't serve, and that must not be lost."""

    def __init__(self, param: str) -> None:
        """Name it."""
        message = f"Unsupported parameter: '{param}' is not supported with this model."
        super().__init__(400, message, code="unsupported_parameter", param=param)


class Fitted(NamedTuple):
    """The fields for the engine, the same object if nothing changes, and the names of those to warn about."""

    fields: Mapping[str, Any]
    dropped: tuple[str, ...] = ()


def fitted(fields: Mapping[str, Any], parameters: Parameters) -> Fitted:
    """Return a request's fields as an engine can serve them; UnsupportedParameter or OutOfRange where it can't."""
    if not (parameters.unsupported or parameters.ranges or parameters.scales or parameters.rename):
        return Fitted(fields)
    lacking = [name for name in parameters.unsupported if name in fields]
    told = {name: parameters.policy_for(name) for name in lacking if asks(name, fields[name])}
    for name, policy in told.items():
        if policy == "refuse":
            raise UnsupportedParameter(name)
    kept = {name: value for name, value in fields.items() if name not in lacking} if lacking else fields
    kept = renamed(ranged(kept, parameters), parameters.rename)
    return Fitted(kept, tuple(name for name, policy in told.items() if policy == "warn"))


def asks(name: str, value: Any) -> bool:
    """Tell whether a value asks for anything; 0 and false are different values."""
    default = DEFAULTS.get(name)
    return value is not None and (value != default or isinstance(value, bool) != isinstance(default, bool))


def ranged(fields: Mapping[str, Any], parameters: Parameters) -> Mapping[str, Any]:
    """Bring numbers into the engine's ranges; OutOfRange for those outside OpenAI's own."""
    changes: dict[str, float] = {}
    for name, (least, most) in parameters.ranges.items():
        if is_number(value := fields.get(name)):
            refuse_beyond_openai(name, value)
            changes[name] = min(max(value, least), most)
    for name, (least, most) in parameters.scales.items():
        if is_number(value := fields.get(name)):
            refuse_beyond_openai(name, value)
            low, high = DECIMALS[name]
            changes[name] = least + (value - low) * (most - least) / (high - low)
    return {**fields, **changes} if any(fields[name] != value for name, value in changes.items()) else fields


def is_number(value: Any) -> TypeGuard[int | float]:
    """Tell numbers from anything else; what is none is for the engine to refuse."""
    return type(value) in (int, float)


def refuse_beyond_openai(name: str, value: float) -> None:
    """Refuse a number outside OpenAI's range, in its words."""
    bounds, kind = (DECIMALS[name], "decimal") if name in DECIMALS else (INTEGERS[name], "integer")
    refuse_outside(value, name, *bounds, kind)


def renamed(fields: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """Call parameters as the engine does; one that is also given under the engine's name goes."""
    given = [name for name in names if name in fields]
    if not given:
        return fields
    kept = {name: value for name, value in fields.items() if name not in given}
    return {**{names[name]: fields[name] for name in given}, **kept}
