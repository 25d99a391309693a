"""A file to settings; what is wrong with it in one line, with its place."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reference_server.settings.placed_yaml import NotYamlError, Place, Placed, read
from reference_server.settings.section import SettingsError
from reference_server.settings.whole import Settings

STATE = "coze-server.db"
"""Where objects are kept if nothing else is said: a file beside the configuration."""


def load(path: Path) -> Settings:
    """Read a YAML file; SettingsError for whatever is wrong with it."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SettingsError(path, f"can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(path, "is not UTF-8") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Settings:
    """Read YAML; `name` is what errors call the file."""
    try:
        placed = read(text)
    except NotYamlError as error:
        raise SettingsError(f"{name}:{error.line}", str(error)) from error
    if not isinstance(placed.value, dict | None):
        raise SettingsError(name, f"must hold keys and values, not {type(placed.value).__name__}")
    said = placed.value or {}
    for number, key in enumerate(said["keys"] if isinstance(said.get("keys"), list) else ()):
        if isinstance(key, dict) and "value" in key:
            problem = "a secret does not belong in the file, name its 'env' or 'file', or its 'hash'"
            raise SettingsError(f"{name}:{placed.line(('keys', number, 'value'))}", f"keys[{number}]: {problem}")
    try:
        return Settings.model_validate({"state": {"url": f"sqlite:///{Path(name).with_name(STATE)}"}, **said})
    except ValidationError as error:
        raise first_problem(error, name, placed) from error


def changed(settings: Settings, changes: Mapping[str, Any], name: str) -> Settings:
    """Return settings with other values for some keys; `name` is what errors call the changes."""
    said = {key: getattr(settings, key) for key in settings.model_fields_set}
    try:
        return Settings.model_validate({**said, **changes})
    except ValidationError as error:
        raise SettingsError(name, error.errors(include_url=False)[0]["msg"]) from error


def first_problem(error: ValidationError, name: str, placed: Placed) -> SettingsError:
    """Return the first of pydantic's errors as `file:line: key: what is wrong with it`."""
    problem = error.errors(include_url=False, include_input=False)[0]
    location = place(problem)
    exact = (*location, *problem.get("ctx", {}).get("at", ()))
    where = "".join(spelled(location))
    return SettingsError(f"{name}:{placed.line(exact)}", f"{where}: {problem['msg']}" if where else problem["msg"])


def place(problem: ErrorDetails) -> Place:
    """Return where a problem is. Pydantic puts the type of an engine behind its number: that is no key."""
    first, *rest = problem["loc"] or ("",)
    if first == "engines" and len(rest) > 1:
        del rest[1]
    return (first, *rest) if first else ()


def spelled(location: Place) -> Iterator[str]:
    """Spell a location as `engines[0].type`."""
    for depth, step in enumerate(location):
        yield f"[{step}]" if isinstance(step, int) else f".{step}" if depth else str(step)
