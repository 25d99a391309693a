"""Load profiles: a shape, a mix of traffic, SLOs; data, checked."""

from collections.abc import Collection, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, ValidationError

from cozecheck import texts
from cozecheck.checks.registry import nearest
from cozecheck.errors import UsageError
from cozecheck.load.parts import LENGTHS, Fixed, Lengths, Part, Shape, Share, Whole
from cozecheck.load.slo import Slo, parse_all

NAMES: Final = ("smoke", "ramp", "spike", "soak", "stress", "constant", "poisson", "trace")
"""The profiles that are shipped."""
KINDS: Final = ("closed", "constant", "poisson", "trace", "search", *LENGTHS)
"""Of shapes and lengths: pydantic names them in the places of faults, where no key is called so."""

Operation = Literal[
    "chat",
    "chat_stream",
    "tools",
    "structured",
    "embeddings",
    "responses",
    "responses_stream",
    "models",
    "errors",
]


class Prompts(Part):
    """What is asked: how long, and whether a prompt cache may help."""

    tokens: Lengths = Fixed(kind="fixed", value=60)
    prefix: Literal["unique", "shared"] = "unique"


class Outputs(Part):
    """How much may be answered."""

    tokens: Lengths = Fixed(kind="fixed", value=32)


class Profile(Part):
    """A load: what is sent, how much of it, and what the target must hold."""

    name: str = ""
    summary: str = Field(min_length=1)
    shape: Shape
    mix: dict[Operation, Whole] = Field(min_length=1)
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


def require_known(slos: tuple[Slo, ...], mix: Collection[str]) -> tuple[Slo, ...]:
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
    return parse(texts.read(path), path.stem, name)


def parse(text: str, name: str, where: str) -> Profile:
    """Read TOML; *where* is what errors call it."""
    tables = texts.parse_toml(text, where)
    try:
        profile = Profile.model_validate({"name": name, **tables})
        _ = profile.promises
    except ValidationError as error:
        raise UsageError(f"{where}: {next(_faults(error))}") from None
    except UsageError as error:
        raise UsageError(f"{where}: slos: {error}") from None
    return profile


def _faults(error: ValidationError) -> Iterator[str]:
    """Yield each fault in a line: where, what, how to mend it."""
    for each in error.errors(include_url=False):
        place = ".".join(str(part) for part in each["loc"] if part not in ("[key]", *KINDS))
        words = each["msg"].removeprefix("Value error, ")
        value: Any = each["input"]
        if each["type"] == "extra_forbidden":
            yield f"{place}: there is no such key"
        elif each["type"] == "missing":
            yield f"{place}: is missing"
        elif each["type"].startswith("union_tag"):
            known = each.get("ctx", {}).get("expected_tags", "")
            yield f"{place}.kind: {f'one of {known} is expected' if known else 'is missing'}"
        else:
            said = f", not {value!r}" if isinstance(value, str | int | float) else ""
            yield f"{place}: {words[0].lower()}{words[1:]}{said}"


def shipped() -> tuple[Profile, ...]:
    """Return the profiles that are shipped."""
    return tuple(map(named, NAMES))
