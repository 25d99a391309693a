"""Policy over every report: what is accepted, what is old, what the checklist says; one verdict."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cozecheck import baseline
from cozecheck.baseline import Accepted
from cozecheck.checklist import Evidence, Terms, fill, left_out
from cozecheck.checklist.pooling import pool
from cozecheck.checks.conclusion import TOOL
from cozecheck.findings import GATE, Basis, CheckResult, Finding, Level, Outcome, Report, Run, Target


@dataclass(frozen=True)
class Policy:
    """What counts: terms of the checklist, departures that are accepted, and a report of before."""

    terms: Terms
    accepted: Sequence[Accepted] = ()
    before: Report | None = None
    """Its failures are listed, and do not shut the gate."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """Models that were asked, each with why it did not answer, or nothing where it did."""


def decide(kind: str, reports: Sequence[Report], policy: Policy, run: Run) -> Report:
    """Return one report of all, with the checklist filled in."""
    whole = pool(kind, reports, run)
    if policy.accepted:
        whole = baseline.apply(whole, policy.accepted, policy.terms.today)
    if policy.before:
        whole = _without_old(whole, policy.before)
    evidence = Evidence(tuple(reports), whole, policy.asked)
    return replace(whole, checklist=fill(evidence, policy.terms), notes=(*whole.notes, *left_out(whole.uses)))


def broken_off(road: str, reason: str) -> Report:
    """Return what stands for a *road* that came to no verdict: neither does the gate, then."""
    check = CheckResult(
        id=f"{GATE}.{road}",
        family=GATE,
        outcome=Outcome.ERROR,
        level=Level.MUST,
        basis=Basis.BEHAVIOUR,
        requirement=f"The {road} comes to a verdict.",
        cite="",
        reason=reason,
    )
    return Report(kind=road, tool=TOOL, target=Target(), run=Run("", 0.0), checks=(check,), findings=())


def _without_old(report: Report, before: Report) -> Report:
    """Mark the departures that the report of *before* had."""
    old = set(map(_identity, before.findings))
    findings = tuple(replace(each, baselined=each.baselined or _identity(each) in old) for each in report.findings)
    open_ids = {each.id for each in findings if not each.baselined}
    closed = {each.id for each in findings} - open_ids
    checks = tuple(replace(each, baselined=each.id in closed) for each in report.checks)
    notes = (*report.notes, *_compared(findings, old, before))
    return replace(report, findings=findings, checks=checks, notes=notes)


def _identity(finding: Finding) -> tuple[str, str, str]:
    """What makes a departure the same in another run: ids of exchanges and what came are others each time."""
    return finding.id, finding.operation, finding.scenario


def _compared(findings: Sequence[Finding], old: Collection[tuple[str, str, str]], before: Report) -> Iterator[str]:
    known = {each.id for each in findings if _identity(each) in old}
    gone = {each.id for each in before.findings} - {each.id for each in findings}
    if known:
        yield f"failed in the report of {before.run.started} already, and are listed only: {', '.join(sorted(known))}"
    if gone:
        yield f"failed in the report of {before.run.started}, and fail no more: {', '.join(sorted(gone))}"
