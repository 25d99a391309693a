"""What every group of keys is: frozen, typed, strict about names."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class SettingsError(ValueError):
    """A configuration that can't be used, in one line: where, and what to do about it."""

    def __init__(self, where: str | Path, problem: str) -> None:
        """`where` is a file or a key."""
        super().__init__(f"{where}: {problem}")


def seconds(value: object) -> object:
    """Read `30s`, `500ms`, `2m` or `1h`; leave anything else to the number's own check."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)", value) if isinstance(value, str) else None
    return float(match[1]) * UNITS[match[2]] if match else value


def unknown(kind: str, name: str, known: Iterable[str], at: tuple[int | str, ...]) -> PydanticCustomError:
    """Return the error for a name that is none of `known`, with the nearest one; `at` leads to it."""
    near = get_close_matches(name, known, n=1, cutoff=0)[0]
    values = {"kind": kind, "name": name, "near": near, "at": at}
    return PydanticCustomError("unknown", "unknown {kind} '{name}', did you mean '{near}'?", values)


Seconds = Annotated[float, BeforeValidator(seconds), Field(ge=0, allow_inf_nan=False)]
Patience = Annotated[float, BeforeValidator(seconds), Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]


class Section(BaseModel):
    """A group of keys: frozen, and strict about names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: object) -> object:
        for key in given if isinstance(given, Mapping) else ():
            if key not in cls.model_fields:
                raise unknown("key", str(key), cls.model_fields, (key,))
        return given
