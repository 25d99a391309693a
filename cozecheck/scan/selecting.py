"""Which checks matter to a code base: what it uses to a profile."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Final

from cozecheck.checks import Check
from cozecheck.profiles import Profile
from cozecheck.used import Use, UseKind, Uses

NEVER: Final = "never"


@cache
def rules() -> Mapping[str, Sequence[str]]:
    """Return the alternatives of uses by checks, or globs of them; the last that names a check counts."""
    text = (files("cozecheck") / "data" / "uses.toml").read_text("utf-8")
    table: Mapping[str, Sequence[str]] = tomllib.loads(text)["rules"]
    return table


def rule(check: str) -> Sequence[str] | None:
    """Return the alternatives that make a check matter; None where no rule names it."""
    return next((needs for pattern, needs in reversed(tuple(rules().items())) if fnmatchcase(check, pattern)), None)


def profile(uses: Uses, checks: Iterable[Check]) -> Profile:
    """Return the profile that judges by what the code base relies on, in exchanges of the operations that it uses."""
    chosen = tuple(check.id for check in checks if matters(check.id, uses))
    count = len({(each.file, each.line) for each in uses.found})
    return Profile(
        name="scan",
        summary=f"What {count} places in {uses.files} files rely on.",
        select=chosen,
        operations=uses.operations,
    )


def matters(check: str, uses: Uses) -> bool:
    """Whether anything that is used makes a check matter."""
    return any(all(_is_used(need, uses) for need in each.split(" & ")) for each in rule(check) or ("",))


def _is_used(need: str, uses: Uses) -> bool:
    if not need:
        return bool(uses.found)
    kind, colon, rest = need.partition(":")
    if not colon:
        return need != NEVER and any(fnmatchcase(each, need) for each in uses.operations)
    name, _, operation = rest.partition("@")
    return any(_belongs(each, operation) for each in uses.of(UseKind(kind), name or "*"))


def _belongs(use: Use, operation: str) -> bool:
    return not operation or fnmatchcase(use.operation, operation)


def unjudged(uses: Uses, known: Iterable[str]) -> tuple[str, ...]:
    """Return the operations in use that are not among the *known* ones: no check judges them."""
    return tuple(sorted(set(uses.operations) - set(known)))
