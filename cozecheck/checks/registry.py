"""A check, the decorators that declare one, and the list of all."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from typing import Any, TypeVar

from cozecheck.checks.successors import current
from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Level, Verdict

View = Callable[[Exchange], Any]
"""Reads an exchange as what a check is about, or returns None: the check does not apply."""

Judge = Callable[[Any], Iterator[Verdict]]

EVERY_MUST = "*"
"""In `requires`: this check speaks last, where the exchange breaks no MUST."""
T = TypeVar("T")


@dataclass(frozen=True)
class Check:
    """A requirement, and the pure function that looks for departures from it."""

    id: str
    family: str
    level: Level
    basis: Basis
    cite: str
    requirement: str
    judge: Judge
    view: View | None
    """What it reads of one exchange; None for a relation."""
    scenario: str = ""
    """The scenario whose exchanges a relation reads together."""
    requires: frozenset[str] = field(default_factory=frozenset)
    breaks: tuple[str, ...] = ()
    remedy: str = ""
    evidence: tuple[str, ...] = ()


_CHECKS: dict[str, Check] = {}


def check(
    id: str,
    level: Level,
    basis: Basis,
    *,
    of: Callable[[Exchange], T | None],
    cite: str,
    remedy: str,
    breaks: Iterable[str] = (),
    evidence: Iterable[str] = (),
    requires: Iterable[str] = (),
) -> Callable[[Callable[[T], Iterator[Verdict]]], Callable[[T], Iterator[Verdict]]]:
    """Declare a check on what the view *of* reads of one exchange; the docstring is the requirement."""

    def declare(judge: Callable[[T], Iterator[Verdict]]) -> Callable[[T], Iterator[Verdict]]:
        _add(id, level, basis, judge, cite, remedy, breaks, evidence, requires, view=of, scenario="")
        return judge

    return declare


def relation(
    id: str,
    level: Level,
    basis: Basis,
    *,
    scenario: str,
    cite: str,
    remedy: str,
    breaks: Iterable[str] = (),
    evidence: Iterable[str] = (),
    requires: Iterable[str] = (),
) -> Callable[[Callable[[Mapping[str, Exchange]], Iterator[Verdict]]], Judge]:
    """Declare a check on all exchanges of one *scenario*, by the names of its sends."""

    def declare(judge: Callable[[Mapping[str, Exchange]], Iterator[Verdict]]) -> Judge:
        _add(id, level, basis, judge, cite, remedy, breaks, evidence, requires, view=None, scenario=scenario)
        return judge

    return declare


def _add(
    id: str,
    level: Level,
    basis: Basis,
    judge: Judge,
    cite: str,
    remedy: str,
    breaks: Iterable[str],
    evidence: Iterable[str],
    requires: Iterable[str],
    *,
    view: View | None,
    scenario: str,
) -> None:
    if id in _CHECKS:
        raise ValueError(f"check {id} is declared twice")
    if basis is Basis.DE_FACTO and level is Level.MUST:
        raise ValueError(f"check {id}: what is only de-facto is never a MUST")
    _CHECKS[id] = Check(
        id=id,
        family=family_of(id),
        level=level,
        basis=basis,
        cite=cite,
        requirement=(judge.__doc__ or "").strip().partition("\n")[0],
        judge=judge,
        view=view,
        scenario=scenario,
        requires=frozenset(requires),
        breaks=tuple(breaks),
        remedy=remedy,
        evidence=tuple(evidence),
    )


FAMILIES = (
    "transport",
    "sse",
    "errors",
    "auth",
    "models",
    "chat",
    "chat.stream",
    "usage",
    "request",
    "tools",
    "tools.stream",
    "structured",
    "logprobs",
    "vision",
    "reasoning",
    "completions",
    "embeddings",
    "responses",
    "responses.stream",
    "conversations",
    "moderations",
    "images",
    "audio",
    "files",
    "batches",
    "properties",
)
"""The families, in the order of reports."""

CHAT = (
    "chat",
    "chat.stream",
    "usage",
    "request",
    "tools",
    "tools.stream",
    "structured",
    "logprobs",
    "vision",
    "reasoning",
)
READS = {
    **dict.fromkeys(CHAT, "chat."),
    "completions": "completions.",
    "embeddings": "embeddings.",
    "responses": "responses.",
    "responses.stream": "responses.",
    "conversations": "conversations.",
    "moderations": "moderations.",
    "images": "images.",
    "audio": "audio.",
    "files": "files.",
    "batches": "batches.",
}
"""What the operations begin with that a family is about; the families that are not here look at all of them."""

OF_BROKEN = frozenset(("transport", "sse", "errors", "properties"))
"""The families that have something to say of a request that was broken at random."""


def family_of(id: str) -> str:
    """Return the longest family that begins the *id*."""
    return max((family for family in FAMILIES if id.startswith(family + ".")), key=len)


def reads(check: Check, operation: str, broken: bool = False) -> bool:  # noqa: FBT001, FBT002
    """Whether a check may have anything to say of an operation; the name of one we do not know is empty.

    Where the request was *broken* on purpose, only those may that do not read it as one that somebody meant.
    """
    return operation.startswith(READS.get(check.family, "")) and (not broken or check.family in OF_BROKEN)


def declared() -> tuple[Check, ...]:
    """Return every declared check, by family in the order of reports, then as declared."""
    return tuple(sorted(_CHECKS.values(), key=lambda each: FAMILIES.index(each.family)))


def required(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the declared checks that these require, and those that they require, without these themselves."""
    given = {each.id for each in checks}
    found: dict[str, Check] = {}
    left = [id for each in checks for id in each.requires]
    while left:
        check = _CHECKS.get(left.pop())
        if check and check.id not in given and check.id not in found:
            found[check.id] = check
            left.extend(check.requires)
    return tuple(found.values())


def ordered(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Put each check after those it requires, and those that read the same view side by side."""
    by_id = {each.id: each for each in checks}
    graph = {each.id: [needed for needed in sorted(each.requires) if needed in by_id] for each in by_id.values()}
    views = {view: place for place, view in enumerate(dict.fromkeys(each.view for each in by_id.values()))}
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    placed: list[Check] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        placed += sorted((by_id[id] for id in ready), key=lambda each: views[each.view])
    return tuple(sorted(placed, key=lambda each: EVERY_MUST in each.requires))


def matches(pattern: str, check: Check) -> bool:
    """Whether *pattern* (a glob of ids, or a family) names *check*."""
    return fnmatchcase(check.id, pattern) or pattern == check.family


def select(checks: Iterable[Check], wanted: Iterable[str] = (), unwanted: Iterable[str] = ()) -> tuple[Check, ...]:
    """Keep the checks that a *wanted* pattern names (all, if none is given) and no *unwanted* one does."""
    known = tuple(checks)
    wanted, unwanted = tuple(map(current, wanted)), tuple(map(current, unwanted))
    for pattern in (*wanted, *unwanted):
        if not any(matches(pattern, each) for each in known):
            names = (*(each.id for each in known), *FAMILIES)
            raise UsageError(f"no check or family is called {pattern!r}{nearest(pattern, names, 'checks')}")
    return tuple(
        each
        for each in known
        if (not wanted or any(matches(pattern, each) for pattern in wanted))
        and not any(matches(pattern, each) for pattern in unwanted)
    )


def nearest(word: str, known: Iterable[str], kind: str) -> str:
    """Say which of the *known* names is meant, or where to look."""
    names = tuple(known)
    begun = [name for name in names if word and name.startswith(word)]
    close = begun or difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; `cozecheck list {kind}` shows all"
