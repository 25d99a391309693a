"""Named selections of checks, as data."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from cozecheck import texts
from cozecheck.checks.registry import Check, nearest, select
from cozecheck.errors import UsageError
from cozecheck.values import MismatchError, read

ENDING: Final = ".toml"


@dataclass(frozen=True, slots=True)
class Profile:
    """Which checks count, and how strictly."""

    name: str
    summary: str
    levels: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    operations: tuple[str, ...] = ()
    """Judge what these answer, and nothing else; none: everything."""

    def takes(self, check: Check) -> bool:
        """Whether *check* is of the levels, and breaks the clients, that this is about."""
        clients = " ".join(check.breaks)
        of_level = not self.levels or check.level in self.levels
        return of_level and (not self.breaks or any(words in clients for words in self.breaks))


def profiles() -> dict[str, Profile]:
    """Return all profiles by name."""
    text = (files("cozecheck") / "data" / "profiles.toml").read_text("utf-8")
    return {name: _profile(name, table) for name, table in tomllib.loads(text).items()}


def _profile(name: str, table: Mapping[str, Any]) -> Profile:
    return read(Profile, {"name": name, **table})


def _in_file(path: Path) -> Profile:
    """Read a profile of one's own; raises UsageError naming the file and the key."""
    table = texts.parse_toml(texts.read(path), str(path))
    for key in table:
        if key not in KEYS:
            raise UsageError(f"{path}: unknown key {key!r}; a profile has {', '.join(KEYS)}")
    try:
        return _profile(path.stem, {"summary": "", **table})
    except MismatchError as error:
        raise UsageError(f"{path}: {error}") from None


KEYS = tuple(each for each in Profile.__dataclass_fields__ if each != "name")


def write(profile: Profile) -> str:
    """Return a profile as the text of a file that `named` reads, without what is empty."""
    lines = (f"{key} = {_written(value)}" for key, value in asdict(profile).items() if value and key != "name")
    return "\n".join(lines) + "\n"


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return "[\n" + "".join(f"    {json.dumps(each)},\n" for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def named(name: str) -> Profile:
    """Return a profile, by its name or the path of a file; raises UsageError with the nearest name."""
    if name.endswith(ENDING):
        return _in_file(Path(name))
    known = profiles()
    if name not in known:
        raise UsageError(f"no profile is called {name!r}{nearest(name, known, 'profiles')}")
    return known[name]


def choose(
    checks: Iterable[Check], profile: Profile, wanted: Iterable[str], unwanted: Iterable[str]
) -> tuple[Check, ...]:
    """Return the checks of *profile* that *wanted* names, if it names any, and *unwanted* does not."""
    known = tuple(checks)
    asked = select(known, wanted, unwanted)
    taken = set(select(known, profile.select, profile.ignore))
    chosen = tuple(check for check in asked if check in taken and profile.takes(check))
    if not chosen:
        raise UsageError(f"no check is left: the profile {profile.name!r} has none of those selected")
    return chosen
