"""One kind of difference, and how a table of them is written."""

from collections.abc import Iterator
from dataclasses import dataclass

from cozecheck.diff.difference import Severity

BREAKING, CHANGED, COSMETIC, NOISE = Severity
TYPED = "clients in typed languages, which read the field into a type"
READERS = "applications that read the field"
SDKS = "the official clients"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of difference; its id is `diff.SUBJECT.RULE`."""

    id: str
    severity: Severity
    requirement: str
    """What holds where there is no such difference, in one sentence."""
    reason: str
    """Why it has this severity."""
    breaks: str = ""
    """Who breaks."""
    remedy: str = ""


def rules(subject: str, *rows: tuple[str, Severity, str, str, str, str]) -> Iterator[Rule]:
    """Make the rules on one subject: name, severity, requirement, reason, who breaks, remedy."""
    for name, severity, requirement, reason, breaks, remedy in rows:
        yield Rule(f"diff.{subject}.{name}", severity, requirement, reason, breaks, remedy)
