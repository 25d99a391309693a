"""Checks: objects that are made, shown, listed, changed and deleted in any order."""

from collections.abc import Iterator, Mapping

from cozecheck.checks.registry import relation
from cozecheck.contract import sources
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Level, Verdict
from cozecheck.views.lives import FOREIGN, GONE, KEPT, PAGED, SCENARIO, Lives

DOCS = "platform.openai.com/docs/api-reference/"
Run = Mapping[str, Exchange]


def _about(run: Run, what: str) -> Iterator[Verdict]:
    return (verdict for about, verdict in Lives().read(run) if about == what)


@relation(
    "properties.kept",
    Level.MUST,
    Basis.SPEC,
    scenario=SCENARIO,
    cite=DOCS + "conversations/retrieve; " + DOCS + "responses/get; " + DOCS + "files/retrieve",
    breaks=("applications that go on from what they have stored",),
    remedy="Show an object as it was made or changed last, until it is deleted, whatever becomes of others.",
)
def kept(run: Run) -> Iterator[Verdict]:
    """What was made or changed is shown as it was answered then, until it is changed again or deleted."""
    yield from _about(run, KEPT)


@relation(
    "properties.gone",
    Level.MUST,
    Basis.SPEC,
    scenario=SCENARIO,
    cite=DOCS
    + "conversations/delete; "
    + DOCS
    + "responses/delete; "
    + DOCS
    + "files/delete; "
    + sources.PYTHON_STATUS,
    breaks=("applications that must forget: they believe that they did", "openai-python: no NotFoundError"),
    remedy="Answer 404 to whatever is asked of a deleted object, or of what was in it, and leave it out of lists.",
)
def gone(run: Run) -> Iterator[Verdict]:
    """What was deleted, and all that was in it, is answered with 404, and is in no list."""
    yield from _about(run, GONE)


@relation(
    "properties.paged",
    Level.MUST,
    Basis.SPEC,
    scenario=SCENARIO,
    cite=DOCS + "conversations/list-items: after, limit, order; " + sources.PYTHON_PAGES,
    breaks=("the SDKs' iteration: an object is skipped, comes twice, or it never ends",),
    remedy="Cut pages out of one order: behind `after`, at most `limit`, and has_more exactly where there is more.",
)
def paged(run: Run) -> Iterator[Verdict]:
    """Pages hold what is there, once, in order, whatever limit, order and cursor are asked for."""
    yield from _about(run, PAGED)


@relation(
    "properties.foreign",
    Level.MUST,
    Basis.SPEC,
    scenario=SCENARIO,
    cite=DOCS + "authentication; " + sources.PYTHON_STATUS,
    breaks=("everybody: strangers read, change or delete what is theirs",),
    remedy="Hold the key on every path and method, not only where answers are generated.",
)
def foreign(run: Run) -> Iterator[Verdict]:
    """With a key that nobody has, nothing that was made is shown, listed or deleted."""
    yield from _about(run, FOREIGN)
