"""Summaries of two streams, compared."""

from collections.abc import Mapping

from cozecheck.diff.events import BARE, Summary
from cozecheck.diff.paths import any_matches
from cozecheck.diff.promised import NEVER_NULL, free, is_promised
from cozecheck.diff.shapes import Shape
from cozecheck.diff.telling import Differences, told
from cozecheck.diff.tree import Kind
from cozecheck.exchange import ABSENT
from cozecheck.sse import DONE

AT = "events"
SEVERAL = 10
"""Pieces from which on an answer surely came in pieces."""


def compare(was: Summary, now: Summary, operation: str) -> Differences:
    """Compare how two answers were streamed, whatever they say."""
    if now.errors > was.errors:
        yield told("events.error", AT, was.errors, now.errors)
        return  # what follows is missing for that reason
    if was.roles and not now.roles:
        yield told("events.role", AT, "role first", "no role")
    else:
        yield from _order(was.order, now.order)
    yield from _end(was.terminator, now.terminator)
    yield from _reading(was, now)
    yield from _usage(was, now)
    yield from _constant(was, now)
    yield from _numbering(was, now)
    if was.adds_up and not now.adds_up:
        yield told("events.sum", AT, "pieces that add up", "pieces that do not")
    if was.pieces >= SEVERAL and now.pieces == 1:
        yield told("events.pieces", AT, was.pieces, now.pieces)
    if not any(kind.endswith(BARE) for kind in was.shapes):
        bare = (kind for kind in now.shapes if kind.endswith(BARE))
        yield from (told("events.shape", f"{AT}: {kind}", "a kind", ABSENT) for kind in bare)
    for kind in was.shapes.keys() & now.shapes.keys():
        yield from _shape(kind, was.shapes[kind], now.shapes[kind], operation)


def _order(was: Mapping[str, tuple[str, ...]], now: Mapping[str, tuple[str, ...]]) -> Differences:
    for name in was.keys() & now.keys():
        if was[name] != now[name]:
            yield told("events.order", f"{AT}: {name}", list(was[name]), list(now[name]))


def _end(was: str, now: str) -> Differences:
    if now == f"{was}, {DONE}":
        yield told("events.extra-done", AT, was, now)
    elif was != now and not {was, now} <= {"response.completed", "response.incomplete"}:  # that is said by the status
        yield told("events.terminator", AT, was, now)


def _reading(was: Summary, now: Summary) -> Differences:
    if was.is_legible and not now.is_legible:
        yield told("events.data", AT, "UTF-8, and JSON or [DONE] as data", "something else")
    if was.is_framed and not now.is_framed:
        yield told("events.framing", AT, "fields, comments and blank lines, one at the end", "something else")


def _usage(was: Summary, now: Summary) -> Differences:
    if was.usage == "nowhere" and now.usage != "nowhere":
        yield told("events.unasked-usage", AT, was.usage, now.usage)
    elif was.usage != now.usage and now.usage != "nowhere":  # nowhere: the body lacks it, and says so
        yield told("events.usage", AT, was.usage, now.usage)


def _constant(was: Summary, now: Summary) -> Differences:
    for key in sorted(now.changing - was.changing):
        yield told("events.constant", f"{AT}: {key}", "constant", "changing")


def _numbering(was: Summary, now: Summary) -> Differences:
    if was.numbered == "from 0 by 1" != now.numbered:
        yield told("events.numbers", AT, was.numbered, now.numbered)
    if was.named != now.named:
        yield told("events.names", AT, was.named, now.named)


def _shape(kind: str, was: Shape, now: Shape, operation: str) -> Differences:
    for at, types in was.items():
        found = now.get(at, frozenset(("absent",)))
        strange = found - types - ({"integer"} if "number" in types else set())
        if strange and not (at.rpartition("/")[0] and now.get(at.rpartition("/")[0]) is None):
            yield from _differing(f"{AT}: {kind}{at}", at, types, strange, operation)
    for at in now.keys() - was.keys():
        if at.rpartition("/")[0] in was or at.count("/") == 1:
            yield from _added(f"{AT}: {kind}{at}", at, now[at])


def _differing(where: str, at: str, types: frozenset[str], strange: frozenset[str], operation: str) -> Differences:
    kind = Kind.MISSING if "absent" in strange else Kind.TYPE
    if free(at, kind):
        return
    is_hard = is_promised(at, operation) if "absent" in strange else "null" not in types
    yield told("events.shape" if is_hard else "events.left-out", where, sorted(types), sorted(strange))


def _added(where: str, at: str, types: frozenset[str]) -> Differences:
    if types - {"absent"} == {"null"} and any_matches(NEVER_NULL, at):
        yield told("events.null-for-absent", where, ABSENT, sorted(types))
    elif not free(at, Kind.ADDED) and not ("absent" in types and at.startswith("/choices/*/delta")):
        yield told("events.added", where, ABSENT, sorted(types))
