"""Flaws of what becomes of a number out of range."""

from reference_server.flaws.kinds import asked
from reference_server.flaws.messages import Json


@asked("request.bounds.temperature")
def bounds_temperature_ignored(asked: Json) -> None:
    """A temperature outside 0 to 2 is ignored."""
    _drop_outside(asked, "temperature", 0, 2)


@asked("request.bounds.top-p")
def bounds_top_p_ignored(asked: Json) -> None:
    """A top_p outside 0 to 1 is ignored."""
    _drop_outside(asked, "top_p", 0, 1)


@asked("request.bounds.n")
def bounds_n_ignored(asked: Json) -> None:
    """An n outside 1 to 128 is ignored."""
    _drop_outside(asked, "n", 1, 128)


@asked("request.bounds.max-tokens")
def bounds_max_tokens_ignored(asked: Json) -> None:
    """A max_tokens below 1 is ignored."""
    _drop_outside(asked, "max_tokens", 1, float("inf"))


@asked("request.bounds.max-completion-tokens")
def bounds_max_completion_tokens_ignored(asked: Json) -> None:
    """A max_completion_tokens below 1 is ignored."""
    _drop_outside(asked, "max_completion_tokens", 1, float("inf"))


@asked("request.bounds.presence-penalty")
def bounds_presence_penalty_ignored(asked: Json) -> None:
    """A presence_penalty outside -2 to 2 is ignored."""
    _drop_outside(asked, "presence_penalty", -2, 2)


@asked("request.bounds.frequency-penalty")
def bounds_frequency_penalty_ignored(asked: Json) -> None:
    """A frequency_penalty outside -2 to 2 is ignored."""
    _drop_outside(asked, "frequency_penalty", -2, 2)


@asked("request.bounds.top-logprobs")
def bounds_top_logprobs_ignored(asked: Json) -> None:
    """A top_logprobs outside 0 to 20 is ignored."""
    _drop_outside(asked, "top_logprobs", 0, 20)


@asked("request.bounds.logit-bias")
def bounds_logit_bias_ignored(asked: Json) -> None:
    """A bias outside -100 to 100 is ignored."""
    if isinstance(asked.get("logit_bias"), dict):
        for token in list(asked["logit_bias"]):
            _drop_outside(asked["logit_bias"], token, -100, 100)


@asked("request.bounds.stop")
def bounds_stop_ignored(asked: Json) -> None:
    """Of more than four stop sequences the first four count."""
    if has_many_stops(asked):
        asked["stop"] = asked["stop"][:4]


def is_number(value: object) -> bool:
    """A number of JSON; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def has_many_stops(asked: Json) -> bool:
    """More stop sequences than the four that are allowed."""
    return isinstance(asked.get("stop"), list) and len(asked["stop"]) > 4


def _drop_outside(asked: Json, name: str, low: float, high: float) -> None:
    if is_number(asked.get(name)) and not low <= asked[name] <= high:
        del asked[name]
