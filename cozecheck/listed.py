"""A migration checklist that was filled in, as plain values."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How an item of the checklist stands."""

    UNMET = "unmet"
    UNKNOWN = "unknown"
    MET = "met"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that has to be so before the base URL changes."""

    id: str
    section: str
    title: str
    state: State
    why: str
    """What settled it, or what would."""
    how: str
    """The command, or the signature, that settles it."""
    required: bool = True
    """Whether the gate stays shut while it is unknown."""
    checks: tuple[str, ...] = ()
    """Of an unmet item: the checks and SLOs that failed."""
    signed: str = ""
    """Who signed, and when."""


@dataclass(frozen=True, slots=True)
class Impact:
    """Who breaks, by what, what mends it, and where others met it."""

    client: str
    checks: tuple[str, ...]
    items: tuple[str, ...]
    remedies: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A classic: the symptom, and what the evidence at hand says of its causes, likeliest first."""

    id: str
    symptom: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The checklist of one migration."""

    items: tuple[Item, ...]
    impacts: tuple[Impact, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()

    @property
    def counts(self) -> dict[State, int]:
        """Items by state; every state has its row."""
        counted = Counter(item.state for item in self.items)
        return {state: counted[state] for state in State}
