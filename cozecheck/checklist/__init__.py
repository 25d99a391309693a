"""The migration checklist: items as data, settled by evidence or by a signature."""

from cozecheck.checklist.evidence import Evidence
from cozecheck.checklist.filling import Terms, fill, known, left_out, require_known
from cozecheck.checklist.items import Entry, entries
from cozecheck.checklist.signing import Signature, parse

__all__ = [
    "Entry",
    "Evidence",
    "Signature",
    "Terms",
    "entries",
    "fill",
    "known",
    "left_out",
    "parse",
    "require_known",
]
