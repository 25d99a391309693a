"""Noise: where the original differs from itself, learned or written down by people."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from cozecheck.contract.operations import operation
from cozecheck.diff.difference import Difference, Severity
from cozecheck.diff.paths import field as field_of
from cozecheck.diff.paths import matches
from cozecheck.errors import UsageError
from cozecheck.exchange import Request

KEYS = ("path", "operation", "rule", "reason", "severity", "seen", "of")


@dataclass(frozen=True, slots=True)
class NoiseRule:
    """A place whose differences have another severity, and why."""

    path: str
    """In the path language, the whole of it: `/choices/*/message/annotations/**`, `events*`, `header *`."""
    reason: str
    operation: str = "*"
    rule: str = "diff.*"
    severity: Severity = Severity.NOISE
    seen: int = 0
    """Of a learned rule: in how many pairs the original differs from itself here …"""
    of: int = 0
    """… of how many."""

    def covers(self, difference: Difference, operation: str) -> bool:
        """Say whether a difference is of this kind, at this place."""
        return (
            fnmatchcase(operation, self.operation)
            and fnmatchcase(difference.rule, self.rule)
            and (matches(self.path, difference.at) or matches(self.path, field_of(difference.at)))
        )


@dataclass(frozen=True)
class Noise:
    """Rules, the first that covers a difference counts."""

    rules: tuple[NoiseRule, ...] = ()
    where: str = field(default="", compare=False)

    def rule(self, difference: Difference, operation: str) -> NoiseRule | None:
        """Return the rule that covers a difference of an operation, if one does."""
        return next((each for each in self.rules if each.covers(difference, operation)), None)

    def judged(self, difference: Difference, request: Request) -> Difference:
        """Return the difference with the severity that its rule here gives it, if one does."""
        found = self.rule(difference, operation_name(request)) if self.rules else None
        return replace(difference, severity=found.severity) if found else difference

    def unused(self, differences: Iterable[tuple[str, Difference]]) -> tuple[NoiseRule, ...]:
        """Return the rules that cover none of the differences, each given with its operation."""
        left = dict.fromkeys(self.rules)
        for name, difference in differences:
            found = self.rule(difference, name)
            if found in left:
                del left[found]
        return tuple(left)

    def __add__(self, other: "Noise") -> "Noise":
        return Noise(self.rules + other.rules, self.where or other.where)

    def to_document(self) -> dict[str, Any]:
        """Return it as it is written into `noise.yaml`, to be reviewed."""
        return {"noise": [_document(rule) for rule in self.rules]}

    @classmethod
    def from_document(cls, value: Any, where: str) -> "Noise":
        """Read what `noise.yaml` holds; raises UsageError, naming the place *where* it stands."""
        listed = value.get("noise") if isinstance(value, Mapping) else None
        if not isinstance(listed, list):
            raise UsageError(f"{where}: a list under the key noise is expected")
        return cls(tuple(_rules(listed, where)), where)


def operation_name(request: Request) -> str:
    """Return the name of the operation that a request asks for; its method where we know none."""
    known = operation(request)
    return known.name if known else request.method


def _document(rule: NoiseRule) -> dict[str, Any]:
    default = NoiseRule("", "")
    values = {key: getattr(rule, key) for key in KEYS}
    told = {key: value for key, value in values.items() if value != getattr(default, key) or key == "severity"}
    return {**told, "severity": str(rule.severity)}


def _rules(listed: list[Any], where: str) -> Iterator[NoiseRule]:
    for number, entry in enumerate(listed, 1):
        place = f"{where}: noise {number}"
        if not isinstance(entry, Mapping):
            raise UsageError(f"{place}: an object with path and reason is expected")
        strange = [str(key) for key in entry if key not in KEYS]
        if strange:
            raise UsageError(f"{place}: unknown key {strange[0]!r}; there are {', '.join(KEYS)}")
        yield NoiseRule(
            path=_text(entry, "path", place),
            reason=_text(entry, "reason", place),
            operation=_text(entry, "operation", place, "*"),
            rule=_text(entry, "rule", place, "diff.*"),
            severity=_severity(_text(entry, "severity", place, Severity.NOISE), place),
            seen=_count(entry, "seen", place),
            of=_count(entry, "of", place),
        )


def _text(entry: Mapping[str, Any], key: str, place: str, default: str = "") -> str:
    text = entry.get(key, default)
    if not isinstance(text, str) or not text:
        raise UsageError(f"{place}: {key}: a text is expected")
    return text


def _severity(text: str, place: str) -> Severity:
    if text not in list(Severity):
        raise UsageError(f"{place}: severity: one of {', '.join(Severity)} is expected, not {text!r}")
    return Severity(text)


def _count(entry: Mapping[str, Any], key: str, place: str) -> int:
    count = entry.get(key, 0)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise UsageError(f"{place}: {key}: a count is expected")
    return count
