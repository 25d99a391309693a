"""What both judging commands are told: checks, strictness, reports, baseline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import typer

from cozecheck import baseline as accepting
from cozecheck import profiles, texts
from cozecheck.checks import ALL, Check
from cozecheck.checks.registry import nearest, select
from cozecheck.checks.successors import current
from cozecheck.cli.options import blaming
from cozecheck.cli.output import Destination, destinations
from cozecheck.errors import UsageError


@dataclass(frozen=True, slots=True)
class Order:
    """What to judge by, what counts, and where to tell it."""

    checks: tuple[Check, ...]
    strict: bool
    to: tuple[Destination, ...]
    accepted: tuple[accepting.Accepted, ...]
    operations: frozenset[str] = frozenset()
    """Judge what these answer, and nothing else; none: everything."""


def order(
    context: typer.Context,
    *,
    profile: str | profiles.Profile,
    wanted: Sequence[str],
    unwanted: Sequence[str],
    strict: bool,
    reports: Sequence[str],
    baseline: Path | None,
    others: Sequence[str] = (),
) -> Order:
    """Check everything that can be checked before anything is judged; raises UsageError naming the place.

    *others* are ids that a baseline may list beside those of checks.
    """
    with blaming(context, "profile"):
        named = profiles.named(profile) if isinstance(profile, str) else profile
    with blaming(context, "select"):
        select(ALL, wanted)
    with blaming(context, "ignore"):
        select(ALL, (), unwanted)
    checks = profiles.choose(ALL, named, wanted, unwanted)
    with blaming(context, "report"):
        to = destinations(reports)
    with blaming(context, "baseline"):
        entries = _accepted(baseline, [*(check.id for check in ALL), *others]) if baseline else ()
    return Order(checks, strict or named.strict, to, entries, frozenset(named.operations))


def _accepted(path: Path, known: Sequence[str]) -> tuple[accepting.Accepted, ...]:
    entries = tuple(replace(each, id=current(each.id)) for each in accepting.parse(texts.read(path), str(path)))
    for entry in entries:
        if not any(fnmatchcase(id, entry.id) for id in known):
            raise UsageError(f"{path}: no check is called {entry.id!r}{nearest(entry.id, known, 'checks')}")
    return entries
