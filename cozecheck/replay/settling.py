"""What came back, judged by the checks and held beside the original."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cozecheck import diff
from cozecheck.checks import Check
from cozecheck.checks.conclusion import findings
from cozecheck.checks.judging import Bench, Tally
from cozecheck.diff import Difference, Severity
from cozecheck.diff.noise import operation_name
from cozecheck.diff.paths import field as field_of
from cozecheck.diff.similarity import Similarity
from cozecheck.exchange import Exchange
from cozecheck.findings import Finding
from cozecheck.replay.ledger import Entry, worst
from cozecheck.replay.telling import finding
from cozecheck.sdk import Reader

MOST_OF_A_RULE: Final = 5
"""Differences kept of one rule between two answers."""


@dataclass(frozen=True)
class Answers:
    """The answers to one request: the original's, its second one where there is one, and all of the candidate's."""

    original: Exchange | None
    """None where there is nothing to compare with."""
    takes: tuple[Exchange, ...]
    second: Exchange | None = None


@dataclass(frozen=True)
class Yardstick:
    """By which *rules* answers are compared, and how strictly; what people *reviewed* comes first."""

    rules: Mapping[str, diff.Rule]
    reviewed: diff.Noise = field(default_factory=diff.Noise)
    learned: diff.Noise = field(default_factory=diff.Noise)
    pairs: int = 0
    """Pairs of answers of the original that were learned from."""
    similarity: Similarity | None = None

    @cached_property
    def policy(self) -> diff.Policy:
        """The policy to compare by."""
        return diff.Policy(noise=self.reviewed + self.learned, similarity=self.similarity)

    def compare(self, original: Exchange, candidate: Exchange) -> tuple[diff.Difference, ...]:
        """Return what differs by the rules."""
        return tuple(each for each in diff.compare(original, candidate, self.policy) if each.rule in self.rules)


@dataclass
class Settling:
    """Judges and compares, one request at a time; *wants* says whether findings of a rule are still kept."""

    checks: Sequence[Check]
    yardstick: Yardstick
    wants: Callable[[str], bool]
    secrets: tuple[str, ...] = ()
    ask_sdk: bool = True
    _bench: Bench = field(init=False)
    _reader: Reader = field(default_factory=Reader)

    def __post_init__(self) -> None:
        self._bench = Bench(self.checks)

    def settle(self, position: int, exchange: str, answers: Answers) -> Entry:
        """Return what came of one request."""
        tallies = self._judge(answers.takes)
        held = tuple(id for id, tally in tallies.items() if tally == Tally(judged=tally.judged))
        differences, noise = self._differences(answers)
        rules: dict[str, Severity] = {}
        for each in differences:
            rules[each.rule] = worst(each.severity, rules.get(each.rule, each.severity))
        return Entry(
            position=position,
            exchange=exchange,
            operation=operation_name(answers.takes[0].request),
            answered=any(take.response is not None for take in answers.takes),
            held=held,
            tallies={id: tally for id, tally in tallies.items() if id not in held},
            rules=rules,
            noise=Counter(each.rule for each in noise),
            used=self._used((*differences, *noise), answers.takes[0]),
            findings=(*self._departures(), *self._told(differences, answers)),
        )

    def _judge(self, takes: Iterable[Exchange]) -> dict[str, Tally]:
        bench = self._bench
        bench.tallies = {id: Tally() for id in bench.tallies}
        bench.departures = []
        for take in takes:
            bench.judge(self._reader.read(take) if self.ask_sdk else take)
        return {id: tally for id, tally in bench.tallies.items() if tally != Tally()}

    def _departures(self) -> tuple[Finding, ...]:
        self._bench.departures = [each for each in self._bench.departures if self.wants(each.check.id)]
        return tuple(findings(self._bench, self.secrets, masked=True))

    def _differences(self, answers: Answers) -> tuple[list[Difference], list[Difference]]:
        """Return what differs, and what of it is noise."""
        if answers.original is None:
            return [], []
        original, compare = answers.original, self.yardstick.compare
        by_take = [{(each.rule, each.at): each for each in compare(original, take)} for take in answers.takes]
        second = compare(original, answers.second) if answers.second else ()
        noisy = {(each.rule, field_of(each.at)) for each in second}
        steady = set.intersection(*map(set, by_take))
        real: list[Difference] = []
        noise: list[Difference] = []
        for key, each in {key: each for take in by_take for key, each in take.items()}.items():
            # What the candidate does now and then is its noise, unless it breaks somebody now and then.
            moody = key not in steady and each.severity is not Severity.BREAKING
            is_noise = each.severity is Severity.NOISE or moody or (each.rule, field_of(each.at)) in noisy
            (noise if is_noise else real).append(each)
        return real, noise

    def _used(self, differences: Iterable[Difference], take: Exchange) -> tuple[int, ...]:
        noise, name = self.yardstick.policy.noise, operation_name(take.request)
        rules = noise.rules
        covering = (noise.rule(each, name) for each in differences) if rules else ()
        return tuple(sorted({rules.index(each) for each in covering if each}))

    def _told(self, differences: Iterable[Difference], answers: Answers) -> Iterator[Finding]:
        told: Counter[str] = Counter()
        for each in differences:
            told[each.rule] += 1
            if answers.original and told[each.rule] <= MOST_OF_A_RULE and self.wants(each.rule):
                yield finding(each, answers.original, answers.takes[0], self.secrets)
