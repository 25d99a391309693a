"""Several reports about one migration, as one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cozecheck.checks.conclusion import TOOL
from cozecheck.findings import BaselineUse, CheckResult, Fidelity, Outcome, Replay, Report, Run, Target

ORDER = tuple(Outcome)
"""From worst to least said."""
DEPARTED = (Outcome.FAIL, Outcome.WARN, Outcome.INFO)


def pool(kind: str, reports: Sequence[Report], run: Run) -> Report:
    """Return one report of all: of every check the worst, every finding, and of each measure the newest."""
    newest = tuple(reversed(reports))
    return Report(
        kind=kind,
        tool=TOOL,
        target=_target(reports),
        run=replace(
            run,
            requests=sum(each.run.requests for each in reports),
            tokens=sum(each.run.tokens for each in reports),
            interrupted=any(each.run.interrupted for each in reports),
        ),
        checks=tuple(_checks(reports)),
        findings=tuple(finding for each in reports for finding in each.findings),
        baseline=_baseline(reports),
        strict=any(each.strict for each in reports),
        notes=tuple(dict.fromkeys(note for each in reports for note in each.notes)),
        fidelity=next((each.fidelity for each in newest if each.fidelity.figures), Fidelity()),
        replay=next((each.replay for each in newest if each.replay.read), Replay()),
        load=next((each.load for each in newest if each.load), None),
        plan=next((each.plan for each in newest if each.plan), None),
        uses=next((each.uses for each in newest if each.uses), None),
    )


def _target(reports: Sequence[Report]) -> Target:
    """Return the server that was asked, the first of them; of none, every file that was judged."""
    files = tuple(dict.fromkeys(file for each in reports for file in each.target.files))
    return next((each.target for each in reports if each.target.base_url), Target(files=files))


def _checks(reports: Sequence[Report]) -> Iterator[CheckResult]:
    by_id: dict[str, list[CheckResult]] = {}
    for report in reports:
        for check in report.checks:
            by_id.setdefault(check.id, []).append(check)
    yield from map(_worst, by_id.values())


def _worst(same: Sequence[CheckResult]) -> CheckResult:
    departed = [each for each in same if each.outcome in DEPARTED]
    return replace(
        min(same, key=lambda each: ORDER.index(each.outcome)),
        judged=sum(each.judged for each in same),
        failed=sum(each.failed for each in same),
        baselined=bool(departed) and all(each.baselined for each in departed),
    )


def _baseline(reports: Sequence[Report]) -> BaselineUse:
    return BaselineUse(
        covered=sum(each.baseline.covered for each in reports),
        stale=tuple(entry for each in reports for entry in each.baseline.stale),
        expired=tuple(entry for each in reports for entry in each.baseline.expired),
    )
