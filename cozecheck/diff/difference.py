"""One difference between two answers, and how much it matters."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a difference matters, from most to least."""

    BREAKING = "breaking"
    CHANGED = "changed"
    COSMETIC = "cosmetic"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Difference:
    """What the original said at a place, and what the candidate says."""

    rule: str
    severity: Severity
    at: str
    """JSON Pointer into the assembled answer, or `status`, `header NAME`, `events`."""
    expected: Any
    """The original's; ABSENT where it has no such value."""
    actual: Any
