"""The items of the checklist, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from cozecheck.used import UseKind, Uses


@dataclass(frozen=True, slots=True)
class Entry:
    """What has to be so, when it matters, and what settles it."""

    id: str
    section: str
    title: str
    how: str
    when: tuple[str, ...] = ()
    """Kinds of uses, each with a glob of names after a colon or without; none: it always matters."""
    by: Mapping[str, Any] = field(default_factory=dict)
    """The kind of evidence, and what of it; empty: only a signature settles it."""

    def matters(self, uses: Uses | None) -> bool:
        """Whether the application uses what it is about; without a scan it may."""
        return uses is None or not self.when or any(_is_used(each, uses) for each in self.when)


def _is_used(wanted: str, uses: Uses) -> bool:
    kind, _, name = wanted.partition(":")
    return any(uses.of(UseKind(kind), name or "*"))


@cache
def entries() -> tuple[Entry, ...]:
    """Return every item, in the order of a migration."""
    text = (files("cozecheck") / "data" / "checklist.yaml").read_text("utf-8")
    return tuple(
        Entry(section=section["section"], **{**item, "when": tuple(item.get("when", ()))})
        for section in yaml.safe_load(text)
        for item in section["items"]
    )
