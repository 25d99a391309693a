"""From model names to engines: rules, and what happens when an engine can't."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from reference_server.settings.section import Count, Patience, Seconds, Section, Share

TAG = "tag:"
"""Begins what an engine is asked for by a route that selects by a tag."""
LoadBalancing = Literal["weighted", "round_robin", "least_busy", "p2c_ewma", "session"]
Signal = Literal["qps", "concurrency", "queue"]


def pattern(value: str) -> str:
    """Refuse a regular expression that does not compile."""
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("pattern", "no regular expression: {error}", {"error": str(error)}) from error
    return value


class Route(Section):
    r"""Models whose whole name matches `pattern` go to an engine, to one of a pool, or to the default engine.

    `model` is what the engine calls them, `\1` in it the pattern's first group; or a `tag` selects the first model of
    the engine's index that has it. `max_tokens` is the most for an answer.
    """

    pattern: Annotated[str, AfterValidator(pattern)]
    engine: str | None = None
    pool: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    model: Annotated[str, Field(min_length=1)] | None = None
    tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")] | None = None
    max_tokens: Count | None = None
    load_balancing: LoadBalancing = "weighted"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.engine is not None and self.pool is not None:
            raise PydanticCustomError("route", "a route leads to an 'engine' or to a 'pool', not to both")
        return self

    @model_validator(mode="after")
    def _one_model(self) -> Self:
        if self.model is not None and self.tag is not None:
            raise PydanticCustomError("route", "a route asks for a 'model' or for a 'tag', not for both")
        return self

    @model_validator(mode="after")
    def _groups_exist(self) -> Self:
        groups = re.compile(self.pattern).groups
        used = [int(number) for number in re.findall(r"\\(\d+)", self.model or "")]
        if any(not 0 < number <= groups for number in used) or "\\" in re.sub(r"\\\d+", "", self.model or ""):
            raise PydanticCustomError("model", "'model' may hold the pattern's groups, as \\1, and no other backslash")
        return self


class Alias(Section):
    r"""Another name: whole names that match `pattern` are read as `model`, `\1` in it the pattern's first group."""

    pattern: Annotated[str, AfterValidator(pattern)]
    model: Annotated[str, Field(min_length=1)]


class Overflow(Section):
    """Where requests go when an engine's load passes `threshold` of its capacity, until it is below `resume`.

    Models of up to `local_up_to` billion parameters stay, those of `cloud_from` and more go, whatever the load.
    Critical traffic keeps the `steady` line. `model` is what the other side calls the model, if otherwise.
    """

    to: str
    model: Annotated[str, Field(min_length=1)] | None = None
    threshold: Share = 0.8
    resume: Share = 0.65
    min_hold: Seconds = 5.0
    signals: Annotated[tuple[Signal, ...], Field(min_length=1)] = ("qps", "concurrency", "queue")
    local_up_to: Annotated[float, Field(ge=0)] | None = None
    cloud_from: Annotated[float, Field(ge=0)] | None = None
    steady: Literal["local", "cloud"] = "local"

    @model_validator(mode="after")
    def _hysteresis(self) -> Self:
        if self.resume >= self.threshold:
            raise PydanticCustomError("overflow", "'resume' must be below 'threshold'")
        if self.local_up_to is not None and self.cloud_from is not None and self.local_up_to >= self.cloud_from:
            raise PydanticCustomError("overflow", "'local_up_to' must be below 'cloud_from'")
        return self


class CircuitBreaker(Section):
    """When an engine is left alone: `failure_ratio` of at least `min_requests`, for the seconds of `open_for`."""

    failure_ratio: Share = 0.5
    min_requests: Count = 10
    open_for: Patience = 30.0


class Retries(Section):
    """How many requests may be tried on another engine: a `share` of all and so many `per_second`, `burst` saved up."""

    share: Annotated[float, Field(ge=0, le=1)] = 0.2
    per_second: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    burst: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 20.0


class HealthCheck(Section):
    """How other servers are probed, by `GET /models`, which costs no tokens: `fall` failures in a row are down."""

    every: Patience = 10.0
    timeout: Patience = 2.0
    rise: Count = 2
    fall: Count = 3


ROUTES = (
    Route(pattern=r"gpt-4o-mini(-2024-07-18)?"),
    Route(pattern=r"gpt-4o(-2024-08-06)?"),
    Route(pattern=r"gpt-3\.5-turbo-instruct"),
    Route(pattern=r"ft:gpt-4o-mini-2024-07-18:[\w:-]+|example/gpt-4o-mini"),
    Route(pattern=r"text-embedding-.*|(omni|text)-moderation-.*|gpt-image-.*|tts-1|gpt-4o-mini-tts|whisper-1"),
)
