"""The checklist, filled in from the reports at hand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from cozecheck.checklist.diagnosing import diagnoses
from cozecheck.checklist.evidence import Evidence
from cozecheck.checklist.impacts import impacts
from cozecheck.checklist.items import Entry, entries
from cozecheck.checklist.settling import settle
from cozecheck.checklist.signing import Signature
from cozecheck.checks.registry import nearest
from cozecheck.errors import UsageError
from cozecheck.listed import Checklist
from cozecheck.used import Uses


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts beside the evidence."""

    signatures: Sequence[Signature]
    required: Sequence[str]
    """Globs of items that have to be settled."""
    today: date


def known() -> tuple[str, ...]:
    """Return the ids of all items."""
    return tuple(entry.id for entry in entries())


def require_known(patterns: Iterable[str]) -> None:
    """Raise UsageError for a glob that names no item."""
    for pattern in patterns:
        if not any(fnmatchcase(id, pattern) for id in known()):
            raise UsageError(f"no item is called {pattern!r}{nearest(pattern, known(), 'checklist')}")


def fill(evidence: Evidence, terms: Terms) -> Checklist:
    """Settle every item that matters to the application."""
    signed = {each.item: each for each in terms.signatures}
    items = tuple(
        settle(entry, evidence, signed.get(entry.id), terms.today, required=_is_required(entry, terms))
        for entry in entries()
        if entry.matters(evidence.uses)
    )
    return Checklist(items, impacts(evidence.whole.findings, items), diagnoses(evidence))


def _is_required(entry: Entry, terms: Terms) -> bool:
    return any(fnmatchcase(entry.id, pattern) for pattern in terms.required)


def left_out(uses: Uses | None) -> Iterator[str]:
    """Tell of the items that do not matter to the application."""
    ids = [entry.id for entry in entries() if not entry.matters(uses)]
    if ids:
        yield f"items left out, as the code does not use what they are about: {', '.join(ids)}"
