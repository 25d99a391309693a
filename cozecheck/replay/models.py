"""Models by other names: what a recording asks for, and what is asked instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

from cozecheck.errors import UsageError


@dataclass(frozen=True, slots=True)
class ModelMap:
    """Globs of recorded names, each with the name at the target; the first that fits is taken."""

    rules: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Self:
        """Read `gpt-4o=coze-pro`; raises UsageError for what is none. A name goes before a glob."""
        rules = [_rule(line) for line in lines]
        return cls(tuple(sorted(rules, key=lambda rule: any(sign in rule[0] for sign in "*?["))))

    def of(self, name: str) -> str:
        """Return what the target calls a model; the name itself where no rule fits."""
        return next((ours for theirs, ours in self.rules if fnmatchcase(name, theirs)), name)


def _rule(line: str) -> tuple[str, str]:
    theirs, equals, ours = (part.strip() for part in line.partition("="))
    if not (theirs and equals and ours and ours.isprintable()):
        raise UsageError(f"{line!r}: a mapping has the form gpt-4o=my-model, or gpt-4*=my-model")
    return theirs, ours
