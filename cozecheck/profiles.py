"""Named selections of checks, as data."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from cozecheck.checks.registry import Check, nearest, select
from cozecheck.errors import UsageError


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

    def takes(self, check: Check) -> bool:
        """Whether *check* is of the levels, and breaks the clients, that this is about."""
        clients = " ".join(check.breaks)
        of_level = not self.levels or check.level in self.levels
        return of_level and (not self.breaks or any(words in clients for words in self.breaks))


def profiles() -> dict[str, Profile]:
    """Return all profiles by name."""
    text = (files("cozecheck") / "data" / "profiles.toml").read_text("utf-8")
    return {name: _profile(name, table) for name, table in tomllib.loads(text).items()}


def _profile(name: str, table: dict[str, object]) -> Profile:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Profile(name=name, **values)  # type: ignore[arg-type]


def named(name: str) -> Profile:
    """Return a profile; raises UsageError with the nearest name."""
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
