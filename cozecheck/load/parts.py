"""The parts that load profiles are made of: shapes and lengths, typed."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Whole = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
LENGTHS: Final = ("fixed", "uniform", "normal", "lognormal", "exponential", "empirical")
"""Kinds of distributions."""


class Part(BaseModel):
    """A part of a profile: no other key, no other type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Stage(Part):
    """So many users, or requests per second, for so long; *ramp* of it is the way there."""

    seconds: Positive
    users: Whole | None = None
    rate: Positive | None = None
    ramp: NotNegative = 0.0


class Stages(Part):
    """Users who wait for their answers (closed), or requests that are sent when they are due."""

    kind: Literal["closed", "constant", "poisson"]
    stages: tuple[Stage, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _are_of_their_kind(self) -> Self:
        for number, stage in enumerate(self.stages):
            if self.is_open is (stage.rate is None) or self.is_open is (stage.users is not None):
                wants = "a rate, no users" if self.is_open else "users, no rate"
                raise ValueError(f"stage {number + 1}: a shape of the kind {self.kind} wants {wants}")
            if stage.ramp > stage.seconds:
                raise ValueError(f"stage {number + 1}: its ramp is longer than itself")
        return self

    @property
    def is_open(self) -> bool:
        """Whether requests are sent when they are due, not when an answer has come."""
        return self.kind != "closed"

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return sum(stage.seconds for stage in self.stages)


class Trace(Part):
    """Recorded arrivals, *speed* times as fast."""

    kind: Literal["trace"]
    speed: Positive = 1.0
    seconds: Positive = 3600.0
    """At most; else as long as the recording."""

    @property
    def is_open(self) -> bool:
        """Whether requests are sent when they are due, not when an answer has come."""
        return True


class Search(Part):
    """The most users, or requests per second, within the SLOs: doubled, then bisected."""

    kind: Literal["search"]
    over: Literal["users", "rate"] = "users"
    start: Positive = 1.0
    most: Positive = 4096.0
    attain: Share = 0.99
    """The share of requests that must be good."""
    step: Positive = 10.0
    """Seconds of a step, three times as many where it is not clear."""
    settle: NotNegative = 2.0
    """Seconds at the beginning of a step that do not count."""
    precision: Share = 0.1
    seconds: Positive = 600.0
    """At most; else until it is known."""

    @property
    def is_open(self) -> bool:
        """Whether requests are sent when they are due, not when an answer has come."""
        return self.over == "rate"


Shape = Annotated[Stages | Trace | Search, Field(discriminator="kind")]


class Spread(Part):
    """A distribution of numbers of tokens, cut off at both ends."""

    least: Whole = 1
    most: Whole = 1_000_000


class Fixed(Spread):
    """Always the same."""

    kind: Literal["fixed"]
    value: Whole


class Uniform(Part):
    """Any of a range."""

    kind: Literal["uniform"]
    least: Whole
    most: Whole


class Normal(Spread):
    """Around a mean."""

    kind: Literal["normal"]
    mean: Positive
    deviation: NotNegative


class Lognormal(Spread):
    """Around a median, a few much longer: as people's prompts are."""

    kind: Literal["lognormal"]
    median: Positive
    sigma: NotNegative


class Exponential(Spread):
    """Mostly short."""

    kind: Literal["exponential"]
    mean: Positive


class Empirical(Spread):
    """Any of those given."""

    kind: Literal["empirical"]
    values: tuple[Positive, ...] = Field(min_length=1, strict=False)


def _spelt_out(value: Any) -> Any:
    """A bare number is always the same one."""
    return {"kind": "fixed", "value": value} if isinstance(value, int | float) else value


Lengths = Annotated[
    Fixed | Uniform | Normal | Lognormal | Exponential | Empirical,
    Field(discriminator="kind"),
    BeforeValidator(_spelt_out),
]
"""A number of tokens, or a distribution of them."""
