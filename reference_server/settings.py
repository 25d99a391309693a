"""What an operator may configure: typed, and strict about unknown keys."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


class SettingsError(ValueError):
    """A configuration that can't be used, in one line: where, and what to do about it."""

    def __init__(self, where: str | Path, problem: str) -> None:
        """`where` is a file or a key."""
        super().__init__(f"{where}: {problem}")


def seconds(value: object) -> object:
    """Read `30s`, `500ms` or `2m`; leave anything else to the number's own check."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m)", value) if isinstance(value, str) else None
    return float(match[1]) * UNITS[match[2]] if match else value


def pattern(value: str) -> str:
    """Refuse a regular expression that does not compile."""
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("pattern", "no regular expression: {error}", {"error": str(error)}) from error
    return value


def unknown(kind: str, name: str, known: Iterable[str]) -> PydanticCustomError:
    """Return the error for a name that is none of `known`, with the nearest one."""
    near = get_close_matches(name, known, n=1, cutoff=0)[0]
    values = {"kind": kind, "name": name, "near": near}
    return PydanticCustomError("unknown", "unknown {kind} '{name}', did you mean '{near}'?", values)


Seconds = Annotated[float, BeforeValidator(seconds), Field(ge=0, allow_inf_nan=False)]
Pattern = Annotated[str, AfterValidator(pattern)]


class Section(BaseModel):
    """A group of keys: frozen, and strict about names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: object) -> object:
        for key in given if isinstance(given, Mapping) else ():
            if key not in cls.model_fields:
                raise unknown("key", str(key), cls.model_fields)
        return given


class OpenAICompatibility(Section):
    """Where the API is served, and to which browsers."""

    enabled: bool = True
    endpoint: Annotated[str, Field(pattern=r"^/[\w/.-]*[\w.-]$")] = "/v1"
    allowed_origins: tuple[str, ...] = ("*",)


class Engine(Section):
    """One source of text. `context_length` in tokens, delays in seconds."""

    name: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    type: Literal["synthetic"] = "synthetic"
    context_length: Annotated[int, Field(gt=0)] = 16_384
    first_token_delay: Seconds = 0.0
    token_delay: Seconds = 0.0


class Route(Section):
    """Models whose whole name matches `pattern` go to `engine`, or else to the default engine."""

    pattern: Pattern
    engine: str | None = None


class Model(Section):
    """A model as `GET /models` shows it; `snapshot` is the dated name that answers carry."""

    id: Annotated[str, Field(min_length=1)]
    created: int = 1_715_367_049
    owned_by: str = "system"
    snapshot: str | None = None


class Key(Section):
    """An API key by reference: an environment variable, a file, or a value given in code."""

    env: str | None = None
    file: Path | None = None
    value: SecretStr | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.env, self.file, self.value)) != 1:
            raise PydanticCustomError("key", "a key comes from exactly one of 'env' and 'file'")
        return self

    def secret(self) -> str:
        """Return the key itself; SettingsError where its source has none."""
        found = self._read().strip()
        if not found:
            raise SettingsError("keys", f"{self.env or self.file or 'a value'} holds no key")
        return found

    def _read(self) -> str:
        if self.value is not None:
            return self.value.get_secret_value()
        try:
            return self.file.read_text("utf-8") if self.file else os.environ.get(self.env or "", "")
        except OSError as error:
            raise SettingsError("keys", f"{self.file} can't be read: {error.strerror}") from error


MODELS = (
    Model(id="gpt-4o-mini", created=1_721_172_741, snapshot="gpt-4o-mini-2024-07-18"),
    Model(id="gpt-4o-mini-2024-07-18", created=1_721_172_717),
    Model(id="gpt-4o", created=1_715_367_049, snapshot="gpt-4o-2024-08-06"),
    Model(id="gpt-4o-2024-08-06", created=1_722_814_719),
    Model(id="text-embedding-3-small", created=1_705_948_997),
    Model(id="text-embedding-3-large", created=1_705_953_180),
    Model(id="text-embedding-ada-002", created=1_671_217_299, owned_by="openai-internal"),
    Model(id="gpt-3.5-turbo-instruct", created=1_692_901_427),
    Model(id="omni-moderation-latest", created=1_731_689_265, snapshot="omni-moderation-2024-09-26"),
    Model(id="omni-moderation-2024-09-26", created=1_732_734_466),
    Model(id="text-moderation-latest", created=1_691_000_000, snapshot="text-moderation-007"),
    Model(id="text-moderation-007", created=1_691_000_000),
    Model(id="gpt-image-2", created=1_776_729_600),
    Model(id="gpt-image-1-mini", created=1_758_845_821),
    Model(id="gpt-4o-mini-tts", created=1_742_403_959),
    Model(id="tts-1", created=1_681_940_951, owned_by="openai-internal"),
    Model(id="whisper-1", created=1_677_532_384, owned_by="openai-internal"),
    Model(id="ft:gpt-4o-mini-2024-07-18:example::a1b2c3d4", created=1_726_000_000, owned_by="example"),
    Model(id="example/gpt-4o-mini", created=1_726_000_000, owned_by="example"),
)
ROUTES = (
    Route(pattern=r"gpt-4o-mini(-2024-07-18)?"),
    Route(pattern=r"gpt-4o(-2024-08-06)?"),
    Route(pattern=r"gpt-3\.5-turbo-instruct"),
    Route(pattern=r"ft:gpt-4o-mini-2024-07-18:[\w:-]+|example/gpt-4o-mini"),
)


class Settings(Section):
    """The whole configuration; every key has a default."""

    openai_compatibility: OpenAICompatibility = OpenAICompatibility()
    engines: Annotated[tuple[Engine, ...], Field(min_length=1)] = (Engine(name="base"),)
    default_engine: str = "base"
    routes: tuple[Route, ...] = ROUTES
    models: tuple[Model, ...] = MODELS
    keys: tuple[Key, ...] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    request_timeout: Annotated[Seconds, Field(gt=0)] = 30.0
    max_body_bytes: Annotated[int, Field(gt=0)] = 20 * 1024 * 1024

    @model_validator(mode="after")
    def _engines_exist(self) -> Self:
        names = [engine.name for engine in self.engines]
        if len(set(names)) < len(names):
            raise PydanticCustomError("engines", "two engines have the same name")
        for name in (self.default_engine, *(route.engine for route in self.routes)):
            if name is not None and name not in names:
                raise unknown("engine", name, names)
        return self


def load(path: Path) -> Settings:
    """Read a YAML file; SettingsError in one line for whatever is wrong with it."""
    try:
        return parse(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise SettingsError(path, f"can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(path, "is not UTF-8") from error


def parse(text: str, name: str) -> Settings:
    """Read YAML; `name` is what errors call the file."""
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingsError(name, f"is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(given, dict | None):
        raise SettingsError(name, f"must hold keys and values, not {type(given).__name__}")
    return validated(given or {}, name)


def validated(given: dict[str, Any], name: str) -> Settings:
    """Hold what a file says against the types; the first problem is the error."""
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsError(name, first_problem(error)) from error
    if any(key.value is not None for key in settings.keys):
        raise SettingsError(name, "keys: a secret does not belong in the file, name its 'env' or 'file'")
    return settings


def first_problem(error: ValidationError) -> str:
    """Return `key: what is wrong with it` for the first of pydantic's errors."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = "".join(path(problem["loc"]))
    return f"{where}: {problem['msg']}" if where else problem["msg"]


def path(location: tuple[int | str, ...]) -> Iterator[str]:
    """Spell a location as `engines[0].type`."""
    for depth, step in enumerate(location):
        yield f"[{step}]" if isinstance(step, int) else f".{step}" if depth else str(step)
