"""Load profiles: a shape, a mix of traffic, SLOs; data, checked."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cozecheck.checks.registry import nearest
from cozecheck.errors import UsageError
from cozecheck.load.slo import Slo, parse_all

OPERATIONS: Final = (
    "chat",
    "chat_stream",
    "tools",
    "structured",
    "embeddings",
    "responses",
    "responses_stream",
    "models",
    "errors",
)
"""What a mix is made of."""
NAMES: Final = ("smoke", "ramp", "spike", "soak", "stress", "constant", "poisson", "trace")
"""The profiles that are shipped."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Kind = Literal["closed", "constant", "poisson", "trace", "search"]


class _Part(BaseModel):
    """A part of a profile: no other key, no other type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Stage(_Part):
    """So many users, or requests per second, for so long; *ramp* of it is the way there."""

    seconds: Positive
    users: Whole | None = None
    rate: Positive | None = None
    ramp: NotNegative = 0.0


class Shape(_Part):
    """How the load goes up and down."""

    kind: Kind
    stages: tuple[Stage, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _has_what_its_kind_wants(self) -> Self:
        for number, stage in enumerate(self.stages):
            if self.is_open and (stage.users is not None or (stage.rate is None) is (self.kind != "trace")):
                wants = "neither users nor a rate: the recording says when" if self.kind == "trace" else "a rate, no users"
                raise ValueError(f"stages.{number}: a shape of the kind {self.kind} wants {wants}")
            if not self.is_open and (stage.users is None or stage.rate is not None):
                raise ValueError(f"stages.{number}: a shape of the kind {self.kind} wants users, no rate")
            if stage.ramp > stage.seconds:
                raise ValueError(f"stages.{number}: ramp is longer than the stage")
        return self

    @property
    def is_open(self) -> bool:
        """Whether requests are sent when they are due, not when an answer has come."""
        return self.kind in ("constant", "poisson", "trace")

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return sum(stage.seconds for stage in self.stages)


class _Spread(_Part):
    """A distribution of numbers of tokens, cut off at both ends."""

    least: Whole = 1
    most: Whole = 1_000_000


class Fixed(_Spread):
    """Always the same."""

    kind: Literal["fixed"]
    value: Whole


class Uniform(_Part):
    """Any of a range."""

    kind: Literal["uniform"]
    least: Whole
    most: Whole


class Normal(_Spread):
    """Around a mean."""

    kind: Literal["normal"]
    mean: Positive
    deviation: NotNegative


class Lognormal(_Spread):
    """Around a median, a few much longer: as people's prompts are."""

    kind: Literal["lognormal"]
    median: Positive
    sigma: NotNegative


class Exponential(_Spread):
    """Mostly short."""

    kind: Literal["exponential"]
    mean: Positive


class Empirical(_Spread):
    """Any of those given."""

    kind: Literal["empirical"]
    values: tuple[Positive, ...] = Field(min_length=1, strict=False)


Lengths = Whole | Annotated[
    Fixed | Uniform | Normal | Lognormal | Exponential | Empirical, Field(discriminator="kind")
]
"""A number of tokens, or a distribution of them."""


class Prompts(_Part):
    """What is asked: how long, and whether a prompt cache may help."""

    tokens: Lengths = 60
    prefix: Literal["unique", "shared"] = "unique"


class Outputs(_Part):
    """How much may be answered."""

    tokens: Lengths = 32


class Profile(_Part):
    """A load: what is sent, how much of it, and what the target must hold."""

    name: str = ""
    summary: str = Field(min_length=1)
    shape: Shape
    mix: dict[Literal[OPERATIONS], Positive] = Field(min_length=1)
    slos: tuple[str, ...] = Field((), strict=False)
    sample: Share = 0.05
    canaries: bool = True
    prompts: Prompts = Prompts()
    outputs: Outputs = Outputs()
    max_in_flight: Whole = 5_000

    @property
    def promises(self) -> tuple[Slo, ...]:
        """The SLOs, read."""
        return require_known(parse_all(self.slos), self.mix)


def require_known(slos: tuple[Slo, ...], mix: Mapping[str, float]) -> tuple[Slo, ...]:
    """Return the SLOs; raises UsageError where one is of an operation that is not in the mix."""
    for slo in slos:
        if slo.operation and slo.operation not in mix:
            there_are = ", ".join(mix)
            raise UsageError(f"'{slo}': no operation of the mix is called {slo.operation!r}; there are {there_are}")
    return slos


def named(name: str) -> Profile:
    """Return a profile that is shipped, or the one in the file at a path that ends in `.toml`."""
    if name in NAMES:
        return parse((files("cozecheck") / "data" / "load" / f"{name}.toml").read_text("utf-8"), name, name)
    path = Path(name)
    if path.suffix != ".toml":
        hint = nearest(name, NAMES, "profiles")
        raise UsageError(f"no load profile is called {name!r}{hint}; a file of your own ends in .toml")
    try:
        return parse(path.read_text("utf-8"), path.stem, name)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None


def parse(text: str, name: str, where: str) -> Profile:
    """Read TOML; *where* is what errors call it."""
    try:
        profile = Profile.model_validate({"name": name, **tomllib.loads(text)})
        _ = profile.promises
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{where}: not TOML: {error}") from None
    except ValidationError as error:
        raise UsageError(f"{where}: {next(_faults(error))}") from None
    except UsageError as error:
        raise UsageError(f"{where}: slos: {error}") from None
    return profile


def _faults(error: ValidationError) -> Iterator[str]:
    """Yield each fault in a line: where, what, how to mend it."""
    for each in error.errors(include_url=False, include_input=True):
        place = ".".join(str(part) for part in each["loc"] if part != "[key]")
        if each["type"] == "extra_forbidden":
            yield f"{place}: there is no such key"
        elif each["type"] == "missing":
            yield f"{place}: is missing"
        else:
            words = each["msg"].removeprefix("Value error, ")
            value: Any = each["input"]
            said = f", not {value!r}" if isinstance(value, str | int | float) else ""
            yield f"{place}: {words[0].lower()}{words[1:]}{said}"


def shipped() -> tuple[Profile, ...]:
    """Return the profiles that are shipped."""
    return tuple(map(named, NAMES))
