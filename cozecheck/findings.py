"""What can be concluded: levels, outcomes, problems, findings and the report."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cozecheck.listed import Checklist, State
from cozecheck.measured import Load
from cozecheck.planned import Plan
from cozecheck.used import Uses

SCHEMA_VERSION = 1
GATE = "gate"
"""The family of what stands for a road of a gate that came to no verdict."""


class Level(StrEnum):
    """How strong a requirement is (RFC 2119); a departure becomes fail, warn or info."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class Basis(StrEnum):
    """What a requirement rests on; `de-facto` alone is never a MUST."""

    SPEC = "spec"
    SDK = "sdk"
    DE_FACTO = "de-facto"
    TRANSPORT = "transport"
    BEHAVIOUR = "behaviour"
    """Measured, beside what a reference does."""


class Outcome(StrEnum):
    """What came of a check, from worst to least said."""

    ERROR = "error"
    FAIL = "fail"
    WARN = "warn"
    INFO = "info"
    PASS = "pass"  # noqa: S105 - no password
    UNSUPPORTED = "unsupported"
    INCONCLUSIVE = "inconclusive"
    SKIP = "skip"


DEPARTURE = {Level.MUST: Outcome.FAIL, Level.SHOULD: Outcome.WARN, Level.MAY: Outcome.INFO}
"""The outcome of a departure, by the level of its check."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One departure: what was expected, what came, and where (JSON Pointer, or `event N`)."""

    expected: str
    actual: Any
    at: str = ""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The target says, properly, that it does not have this."""

    reason: str


@dataclass(frozen=True, slots=True)
class Inconclusive:
    """What came could not settle it: a model's mood, a missing measure."""

    reason: str


Verdict = Problem | Unsupported | Inconclusive


@dataclass(frozen=True, slots=True)
class Finding:
    """One departure in the words of a report."""

    id: str
    outcome: Outcome
    level: Level
    basis: Basis
    requirement: str
    expected: str
    actual: Any
    """What came, as JSON: the value itself where it is short, else the beginning of its text."""
    at: str = ""
    scenario: str = ""
    operation: str = ""
    exchange: str = ""
    cite: str = ""
    evidence: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    remedy: str = ""
    curl: str = ""
    baselined: bool = False
    sdk: str = ""
    """What the official client makes of the response: `survives`, or `raises …`; empty where it was not asked."""
    code: tuple[str, ...] = ()
    """Where the application relies on it, as `file:line`, if a scan knows."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of one selected check over the whole run."""

    id: str
    family: str
    outcome: Outcome
    level: Level
    basis: Basis
    requirement: str
    cite: str
    judged: int = 0
    failed: int = 0
    reason: str = ""
    baselined: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """Which cozecheck judged, by which contract."""

    name: str
    version: str
    openai: str


@dataclass(frozen=True, slots=True)
class Target:
    """What was judged."""

    base_url: str = ""
    model: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """When and how long, and what it cost."""

    started: str
    seconds: float
    seed: int = 0
    requests: int = 0
    tokens: int = 0
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class BaselineUse:
    """What the baseline did: departures it covered, and the entries that no longer hold."""

    covered: int = 0
    stale: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A share that was measured, 0 to 1, and the interval that holds it with 95 % confidence."""

    id: str
    value: float
    low: float
    high: float
    count: int
    """Of how many."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one tool-call case, asked once."""

    case: str
    stream: bool
    repeat: int
    answered: bool
    calls: int = 0
    parsed: int = 0
    """How many of the calls have a JSON object as their arguments."""
    fitting: int = 0
    """How many of the calls are of a tool on offer, with arguments that its schema allows."""
    expected: bool = False
    """Whether it calls what the case expects: some of it and nothing else, or nothing at all."""


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How a model calls tools: figures, the same of the reference if there is one, and all they are made of."""

    figures: tuple[Figure, ...] = ()
    reference: tuple[Figure, ...] = ()
    trials: tuple[Trial, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """Recordings that were left out, why, and the first of them."""

    reason: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Noise:
    """Differences that were found, counted and taken for noise, by one rule."""

    rule: str
    count: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of the recordings that were replayed."""

    read: int = 0
    sent: int = 0
    """Of those read; a request that was repeated counts once."""
    compared: int = 0
    """Of those sent."""
    skipped: tuple[Left, ...] = ()
    """Not sent."""
    uncompared: tuple[Left, ...] = ()
    """Sent, and the answer judged, but not compared."""
    noise: tuple[Noise, ...] = ()
    unused: tuple[str, ...] = ()
    """Reviewed rules of noise that nothing fell under."""
    pairs: int = 0
    """Pairs of answers of the original to one request, learned from."""


@dataclass(frozen=True)
class Report:
    """Everything that was concluded."""

    kind: str
    tool: Tool
    target: Target
    run: Run
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    baseline: BaselineUse = field(default_factory=BaselineUse)
    strict: bool = False
    notes: tuple[str, ...] = ()
    fidelity: Fidelity = field(default_factory=Fidelity)
    replay: Replay = field(default_factory=Replay)
    load: Load | None = None
    plan: Plan | None = None
    uses: Uses | None = None
    checklist: Checklist | None = None

    @property
    def counts(self) -> dict[Outcome, int]:
        """Checks by outcome; every outcome has its row."""
        counted = Counter(check.outcome for check in self.checks)
        return {outcome: counted[outcome] for outcome in Outcome}

    @property
    def families(self) -> dict[str, dict[Outcome, int]]:
        """Checks by outcome within each family, families in the order of the checks."""
        rows: dict[str, Counter[Outcome]] = {}
        for check in self.checks:
            rows.setdefault(check.family, Counter())[check.outcome] += 1
        return {family: {outcome: row[outcome] for outcome in Outcome} for family, row in rows.items()}

    @property
    def failing(self) -> bool:
        """Whether anything failed that the baseline does not list."""
        bad = {Outcome.FAIL, Outcome.WARN} if self.strict else {Outcome.FAIL}
        unlisted = any(finding.outcome in bad and not finding.baselined for finding in self.findings)
        unmet = self.checklist is not None and self.checklist.counts[State.UNMET]
        return unlisted or bool(unmet or self.baseline.stale or self.baseline.expired)

    @property
    def judged(self) -> int:
        """How many checks were held against something."""
        return sum(bool(check.judged) for check in self.checks)

    @property
    def undone(self) -> int:
        """How many roads of a gate came to no verdict."""
        return sum(check.outcome is Outcome.ERROR and check.family == GATE for check in self.checks)

    @property
    def unsettled(self) -> tuple[str, ...]:
        """The SLOs that the measures could not settle: a promise that nobody saw kept is not kept."""
        asked = {each.id for each in self.load.slos} if self.load else set()
        inconclusive = (check.id for check in self.checks if check.outcome is Outcome.INCONCLUSIVE)
        return tuple(id for id in inconclusive if id in asked)

    @property
    def _measured(self) -> bool:
        """Whether something was found out that there is nothing to hold against."""
        told = self.fidelity.figures or self.plan or (self.uses and self.uses.found) or self.checklist
        return bool(told)

    @property
    def exit_code(self) -> int:
        """0 conforms, or is measured where there is nothing to hold it against; 1 findings, 3 no verdict.

        Of a replay in which nothing was compared there is none.
        """
        if self.failing:
            return 1
        told = self.replay.compared if self.kind == "replay" else self.judged or self._measured
        open_ended = self.counts[Outcome.ERROR] or self.run.interrupted or self.unsettled
        return 0 if told and not open_ended else 3

    @property
    def verdict(self) -> str:
        """The exit code in a word or two."""
        if self.exit_code == 0 and not self.judged:
            return "measured"
        return {0: "conforms", 1: "does not conform", 3: "no verdict"}[self.exit_code]
