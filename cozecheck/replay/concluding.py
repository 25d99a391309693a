"""From what was counted to a report."""

from collections.abc import Iterator, Mapping

from cozecheck import diff
from cozecheck.checks.conclusion import TOOL, moment, results
from cozecheck.diff import Severity
from cozecheck.findings import DEPARTURE, Basis, CheckResult, Left, Noise, Outcome, Replay, Report, Run, Target
from cozecheck.replay.ledger import Ledger
from cozecheck.replay.settling import Yardstick
from cozecheck.replay.telling import LEVELS, of_run

FAMILY = "diff"


def report(
    ledger: Ledger,
    *,
    yardstick: Yardstick,
    base_url: str,
    read: int,
    started: float,
    seconds: float,
    interrupted: bool,
    strict: bool,
    secrets: tuple[str, ...],
    stopped: str = "",
) -> Report:
    """Make the report of a run that *started* so many seconds after 1970; nothing shows the *secrets*."""
    excess = _excess(ledger, yardstick)
    ledger.count({each.rule: each.severity for each in excess})
    unreached = read - ledger.read
    left = (*ledger.skipped, *([Left("the run ended before", unreached)] if unreached else ()))
    return Report(
        kind="replay",
        tool=TOOL,
        target=Target(base_url=base_url),
        run=Run(
            moment(started),
            round(seconds, 3),
            requests=ledger.requests,
            tokens=ledger.tokens,
            interrupted=interrupted,
        ),
        checks=(*_lines(ledger, yardstick.rules), *results(ledger.bench, secrets)),
        findings=(*ledger.findings, *map(of_run, excess)),
        strict=strict,
        notes=(f"the run ended early: {stopped}",) if stopped else (),
        replay=Replay(
            read=read,
            sent=ledger.sent,
            compared=ledger.compared,
            skipped=left,
            uncompared=ledger.uncompared,
            noise=tuple(Noise(rule, count) for rule, count in ledger.noise.most_common()),
            unused=tuple(_words(rule) for at, rule in enumerate(yardstick.reviewed.rules) if at not in ledger.used),
            pairs=yardstick.pairs,
        ),
    )


def _excess(ledger: Ledger, yardstick: Yardstick) -> tuple[diff.Difference, ...]:
    """Return the learned rules that cover more of the candidate's differences than of the original's own."""
    noise = yardstick.policy.noise
    covered = (
        (rule.operation, diff.Difference(rule.rule, Severity.NOISE, rule.path, "", ""))
        for at, rule in enumerate(noise.rules)
        for _ in range(ledger.used[at])
    )
    found = diff.excess(noise, ledger.operations, covered)
    return tuple(each for each in found if each.rule in yardstick.rules)


def _lines(ledger: Ledger, rules: Mapping[str, diff.Rule]) -> Iterator[CheckResult]:
    """Yield a line for each rule; one that is noise has its line only where somebody's review made it more."""
    for rule in rules.values():
        if rule.severity is not Severity.NOISE or rule.id in ledger.severities:
            yield _result(ledger, rule)


def _result(ledger: Ledger, rule: diff.Rule) -> CheckResult:
    failed = ledger.differing[rule.id]
    level = LEVELS[ledger.severities.get(rule.id, rule.severity)]
    held = Outcome.PASS if ledger.compared else Outcome.SKIP
    return CheckResult(
        id=rule.id,
        family=FAMILY,
        outcome=DEPARTURE[level] if failed else held,
        level=level,
        basis=Basis.BEHAVIOUR,
        requirement=rule.requirement or rule.reason,
        cite=rule.reason,
        judged=ledger.compared,
        failed=failed,
        reason="" if ledger.compared else "nothing was compared",
    )


def _words(rule: diff.NoiseRule) -> str:
    about = ", ".join(each for each in (rule.operation, rule.rule) if each not in ("*", "diff.*"))
    return f"{rule.path} ({about})" if about else rule.path
