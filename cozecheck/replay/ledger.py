"""What came of every request, counted; of the findings, the first of each rule."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cozecheck.checks import Check
from cozecheck.checks.judging import Bench, Tally
from cozecheck.diff import Severity
from cozecheck.findings import Finding, Left

MOST_FINDINGS: Final = 50
"""Findings of one check or rule that are kept; all are counted."""
EXAMPLES: Final = 5
"""Recordings named for each reason why they were left out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of one recording."""

    position: int
    exchange: str
    skipped: str = ""
    """Why it was not sent."""
    operation: str = ""
    uncompared: str = ""
    """Why its answer was judged, but not compared."""
    requests: int = 0
    tokens: int = 0
    answered: bool = False
    held: tuple[str, ...] = ()
    """The checks that held."""
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    """What came of the other checks."""
    rules: Mapping[str, Severity] = field(default_factory=dict)
    """The rules by which the answers differ, and how much the worst of each matters."""
    noise: Mapping[str, int] = field(default_factory=dict)
    used: tuple[int, ...] = ()
    """Rules of noise that something fell under, by their place in the policy."""
    findings: tuple[Finding, ...] = ()
    gave: tuple[Mapping[str, str], ...] = ()
    """Of each side, recorded ids that others need, and what it calls them."""


@dataclass
class Ledger:
    """The sum of all entries; it grows with the number of rules, not with the number of requests."""

    checks: Sequence[Check]
    bench: Bench = field(init=False)
    read: int = 0
    sent: int = 0
    answered: int = 0
    compared: int = 0
    requests: int = 0
    tokens: int = 0
    differing: Counter[str] = field(default_factory=Counter)
    severities: dict[str, Severity] = field(default_factory=dict)
    noise: Counter[str] = field(default_factory=Counter)
    used: Counter[int] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    """How many answers were compared of each."""
    findings: list[Finding] = field(default_factory=list)
    _kept: Counter[str] = field(default_factory=Counter)
    _skipped: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    _uncompared: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bench = Bench(self.checks)

    def add(self, entry: Entry) -> None:
        """Count one more."""
        self.read += 1
        self.requests += entry.requests
        self.tokens += entry.tokens
        if entry.skipped:
            _leave(self._skipped, entry.skipped, entry.exchange)
            return
        self.sent += 1
        self.answered += entry.answered
        self._count_checks(entry)
        if entry.uncompared:
            _leave(self._uncompared, entry.uncompared, entry.exchange)
        else:
            self.compared += 1
            self.operations[entry.operation] += 1
        self.noise.update(entry.noise)
        self.used.update(entry.used)
        self.count(entry.rules)
        self.findings += entry.findings
        self._kept.update(each.id for each in entry.findings)

    def count(self, rules: Mapping[str, Severity]) -> None:
        """Count one more difference of each of *rules*."""
        for rule, severity in rules.items():
            self.differing[rule] += 1
            self.severities[rule] = worst(severity, self.severities.get(rule, severity))

    def wants(self, id: str) -> bool:
        """Whether findings of this check or rule are still kept."""
        return self._kept[id] < MOST_FINDINGS

    def _count_checks(self, entry: Entry) -> None:
        for id in entry.held:
            self.bench.tallies[id].judged += 1
        for id, tally in entry.tallies.items():
            _merge(self.bench.tallies[id], tally)

    @property
    def skipped(self) -> tuple[Left, ...]:
        """Those not sent, by reason, the commonest first."""
        return _left(self._skipped)

    @property
    def uncompared(self) -> tuple[Left, ...]:
        """Those judged and not compared, by reason, the commonest first."""
        return _left(self._uncompared)


def worst(one: Severity, other: Severity) -> Severity:
    """Return the one that matters more."""
    order = tuple(Severity)
    return min(one, other, key=order.index)


def _merge(into: Tally, more: Tally) -> None:
    into.judged += more.judged
    into.failed += more.failed
    for name in ("unsupported", "inconclusive", "error", "held_back"):
        setattr(into, name, getattr(into, name) or getattr(more, name))


def _leave(reasons: dict[str, tuple[int, list[str]]], reason: str, exchange: str) -> None:
    count, examples = reasons.setdefault(reason, (0, []))
    if len(examples) < EXAMPLES:
        examples.append(exchange)
    reasons[reason] = (count + 1, examples)


def _left(reasons: Mapping[str, tuple[int, list[str]]]) -> tuple[Left, ...]:
    found = (Left(why, count, tuple(few)) for why, (count, few) in reasons.items())
    return tuple(sorted(found, key=lambda each: -each.count))
