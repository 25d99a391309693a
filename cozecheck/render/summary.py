"""What every format tells: the table, the departures, the rest."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import Any

from cozecheck.findings import CheckResult, Finding, Outcome, Report
from cozecheck.listed import State

COLUMNS = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.WARN,
    Outcome.INFO,
    Outcome.UNSUPPORTED,
    Outcome.INCONCLUSIVE,
    Outcome.SKIP,
    Outcome.ERROR,
)
"""Outcomes in the order of tables."""

UNSETTLED = (Outcome.ERROR, Outcome.UNSUPPORTED, Outcome.INCONCLUSIVE)
"""Outcomes that are told with their reason."""

SEVERITY = {outcome: rank for rank, outcome in enumerate(Outcome)}
"""Outcomes by how bad they are, the worst is 0."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Families by the outcomes in use; each row and the totals have one number a column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    totals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Departures:
    """The findings of one check, never none of them, beside the result that counts them."""

    findings: tuple[Finding, ...]
    result: CheckResult | None

    @property
    def first(self) -> Finding:
        """The finding that speaks for all in what they share, its value in words."""
        return self.examples(1)[0]

    @property
    def extent(self) -> str:
        """How often it departed, of how often it was judged."""
        if self.result is None or not self.result.judged:
            return counted(len(self.findings), "finding")
        return f"{self.result.failed:,} of {self.result.judged:,} judged"

    def examples(self, limit: int) -> tuple[Finding, ...]:
        """Pick at most *limit* findings, from as many exchanges as possible; no command twice, no value unsaid."""
        seen: Counter[tuple[str, str]] = Counter()
        ranked: list[tuple[int, Finding]] = []
        for finding in self.findings:
            source = (finding.scenario, finding.exchange)
            ranked.append((seen[source], finding))
            seen[source] += 1
        chosen = [finding for _, finding in sorted(ranked, key=lambda each: each[0])[:limit]]
        commands = [finding.curl for finding in chosen]
        return tuple(
            replace(
                finding,
                actual=_text(finding.actual),
                curl="" if finding.curl in commands[:position] else finding.curl,
            )
            for position, finding in enumerate(chosen)
        )


def _text(value: Any) -> str:
    """Return a JSON value as words; nothing has its word too."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text or "(empty)"


def matrix(report: Report) -> Matrix:
    """Count checks by family and outcome; a last column tells how many of the row are baselined."""
    used = [outcome for outcome in COLUMNS if report.counts[outcome]]
    accepted = Counter(check.family for check in report.checks if check.baselined)
    rows = tuple(
        (family, tuple(row[outcome] for outcome in used) + ((accepted[family],) if accepted else ()))
        for family, row in report.families.items()
    )
    return Matrix(
        columns=(*(outcome.value for outcome in used), *(("baselined",) if accepted else ())),
        rows=rows,
        totals=tuple(map(sum, zip(*(cells for _, cells in rows), strict=True))),
    )


def departures(report: Report, *, baselined: bool = False) -> tuple[Departures, ...]:
    """Group the findings that are (not) baselined by check, worst first, then in the order of the checks."""
    results = {check.id: check for check in report.checks}
    order = {id: position for position, id in enumerate(results)}

    def rank(finding: Finding) -> tuple[int, int, str]:
        return SEVERITY[finding.outcome], order.get(finding.id, len(order)), finding.id

    wanted = sorted((finding for finding in report.findings if finding.baselined is baselined), key=rank)
    return tuple(Departures(tuple(group), results.get(each[2])) for each, group in groupby(wanted, key=rank))


def unsettled(report: Report) -> tuple[CheckResult, ...]:
    """Return the checks that came to no plain verdict, by outcome."""
    return tuple(chain.from_iterable(_with(report.checks, outcome) for outcome in UNSETTLED))


def skips(report: Report) -> tuple[tuple[str, tuple[CheckResult, ...]], ...]:
    """Return the skipped checks by reason, the commonest reason first."""
    by_reason: dict[str, list[CheckResult]] = {}
    for check in _with(report.checks, Outcome.SKIP):
        by_reason.setdefault(check.reason, []).append(check)
    return tuple(sorted(((why, tuple(group)) for why, group in by_reason.items()), key=lambda each: -len(each[1])))


def _with(checks: Iterable[CheckResult], outcome: Outcome) -> tuple[CheckResult, ...]:
    return tuple(check for check in checks if check.outcome is outcome)


def because(report: Report) -> str:
    """Say in a few words what the verdict rests on."""
    bad = (Outcome.FAIL, Outcome.WARN) if report.strict else (Outcome.FAIL,)
    failing = len({finding.id for finding in report.findings if finding.outcome in bad and not finding.baselined})
    lagging = bool(report.load and report.load.health.faults)
    broken = report.counts[Outcome.ERROR] - lagging - report.undone
    unmet = report.checklist.counts[State.UNMET] if report.checklist else 0
    reasons = (
        (failing, f"{counted(failing, 'check')} failed{' (strict: a warning counts)' if report.strict else ''}"),
        (len(report.baseline.stale), f"{counted(len(report.baseline.stale), 'baseline entry')} stale"),
        (len(report.baseline.expired), f"{counted(len(report.baseline.expired), 'baseline entry')} expired"),
        (report.undone, f"{counted(report.undone, 'road')} came to no verdict"),
        (broken, f"{counted(broken, 'check')} broke (a fault of cozecheck, not of the target)"),
        (lagging, "the load generator did not keep up, so what is measured is not the target alone"),
        (len(report.unsettled), f"{counted(len(report.unsettled), 'SLO')} not settled"),
        (unmet, f"{counted(unmet, 'item')} of the checklist unmet"),
    )
    said = ", ".join(words for number, words in reasons if number)
    if said:
        return said
    if report.kind == "replay":
        words = f"{counted(report.replay.compared, 'answer')} compared with the original"
        return f"{words}, nothing breaks" if report.replay.compared else "nothing was compared"
    if report.plan:
        return f"{counted(report.plan.replicas, 'replica')} for {report.plan.wanted.qps:,.4g} requests/s"
    if report.uses and not report.judged:
        return f"{counted(len(report.uses.found), 'use')} of {counted(len(report.uses.operations), 'operation')} found"
    if not report.judged:
        return "no reference to hold it against" if report.fidelity.figures else "nothing was judged"
    listed = any(finding.baselined and finding.outcome in bad for finding in report.findings)
    return (
        f"{counted(report.judged, 'check')} judged, none failed{' that the baseline does not list' if listed else ''}"
    )


def replayed(report: Report) -> Iterator[str]:
    """Say of a replay what was sent and compared, and why the rest was not, a line each."""
    replay = report.replay
    if report.kind != "replay" and not replay.read:
        return
    yield f"{counted(replay.read, 'recording')}, {replay.sent:,} sent, {replay.compared:,} compared"
    for word, groups in (("not sent", replay.skipped), ("sent and judged, not compared", replay.uncompared)):
        for left in groups:
            more = ", ..." if left.count > len(left.examples) else ""
            named = f" ({', '.join(left.examples)}{more})" if left.examples else ""
            yield f"{word}: {left.count:,}, {left.reason}{named}"
    if replay.noise:
        rules = ", ".join(f"{each.rule} {each.count:,}" for each in replay.noise)
        yield f"noise, counted and not told: {rules}"
    if replay.pairs:
        yield f"noise was learned from {counted(replay.pairs, 'pair')} of the original's answers to one request"
    for rule in replay.unused:
        yield f"this rule of noise covers nothing, take it out: {rule}"


def place(finding: Finding) -> str:
    """Say where: scenario, exchange, and the place in it."""
    exchange = f"exchange {finding.exchange}" if finding.exchange else ""
    return ", ".join(part for part in (finding.scenario, exchange, finding.at) if part)


def spent(report: Report) -> str:
    """Say what the run cost: requests, or exchanges where files were read, then tokens and time."""
    run = report.run
    tokens = f"{counted(run.tokens, 'token')}, " if run.tokens else ""
    return f"{counted(run.requests, 'exchange' if report.target.files else 'request')}, {tokens}{run.seconds:,.1f} s"


def counted(number: int, noun: str) -> str:
    """Return `1 check`, `2 checks`, `2 entries`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"
