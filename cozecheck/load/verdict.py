"""From what was measured to results, findings and promises: pure functions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cozecheck.findings import DEPARTURE, Basis, CheckResult, Finding, Level, Outcome
from cozecheck.intervals import FEWEST, needed
from cozecheck.load import measuring
from cozecheck.load.result import Result
from cozecheck.load.rules import ANSWERS, CAPACITY, ERRORS, FAMILY, GENERATOR, OBSERVED, Rule, kind_of
from cozecheck.load.slo import SHARES, Slo, held
from cozecheck.measured import ALL, DEFINITIONS, Capacity, Error, Health, Load, Observation, Promise

REMEDY: Final = "See when it was broken in the plots, and what the queue and the errors did then."
MOST_SHOWN: Final = 5
"""Ways to fail that a finding tells of."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule or SLO came to."""

    result: CheckResult
    findings: tuple[Finding, ...] = ()
    promise: Promise | None = None


def broken(rule: Rule, judged: int, failed: int, actual: str, operation: str = "") -> Said:
    """Hold a rule against counts: *failed* of *judged*, and in words what came."""
    outcome = DEPARTURE[rule.level] if failed else Outcome.PASS if judged else Outcome.SKIP
    reason = "" if judged else "nothing to judge: no request ended"
    result = _result(rule, outcome, judged, failed, reason)
    if not failed:
        return Said(result)
    finding = Finding(
        id=rule.id,
        outcome=outcome,
        level=rule.level,
        basis=rule.basis,
        requirement=rule.requirement,
        expected="none",
        actual=actual,
        operation=operation,
        cite=rule.cite,
        remedy=rule.remedy,
    )
    return Said(result, (finding,))


def _result(rule: Rule, outcome: Outcome, judged: int, failed: int, reason: str) -> CheckResult:
    return CheckResult(
        id=rule.id,
        family=FAMILY,
        outcome=outcome,
        level=rule.level,
        basis=rule.basis,
        requirement=rule.requirement,
        cite=rule.cite,
        judged=judged,
        failed=failed,
        reason=reason,
    )


def generator(health: Health) -> Said:
    """Say whether the generator kept up; where it did not, that is our fault, and there is no verdict."""
    reason = f"the generator did not keep up: {'; '.join(health.faults)}" if health.faults else ""
    return Said(_result(GENERATOR, Outcome.ERROR if reason else Outcome.PASS, int(not reason), 0, reason))


def answers(ended: int, gone_after: float | None) -> Said:
    """Say whether the target was there to the end; *gone_after* so many seconds it was not."""
    words = f"no answer and no connection any more, {gone_after:.0f} s into the run" if gone_after is not None else ""
    return broken(ANSWERS, ended, int(gone_after is not None), words)


def capacity(found: Capacity | None) -> Iterator[Said]:
    """Say whether a search found anything that holds; nothing where nobody searched."""
    if found is not None:
        words = f"no step held: {found.breaks:,.4g} was too much already" if found.breaks is not None else ""
        yield broken(CAPACITY, len(found.steps), int(bool(found.steps) and not found.holds), words)


def errors(found: Sequence[Error], ended: int) -> Iterator[Said]:
    """Hold every rule on errors against those that came."""
    for rule in ERRORS:
        own = [each for each in found if kind_of(each.kind) == rule.kind]
        words = "; ".join(f"{each.count:,} {each.kind} in {each.operation}: {each.detail}" for each in own[:MOST_SHOWN])
        yield broken(rule, ended, sum(each.count for each in own), words)


def observed(found: Sequence[Observation], operations: int) -> Iterator[Said]:
    """Say what stands out in the numbers of so many operations."""
    for rule in OBSERVED:
        own = [each for each in found if each.kind == rule.kind]
        yield broken(rule, operations, len(own), "; ".join(f"{each.operation}: {each.words}" for each in own))


def promises(slos: Iterable[Slo], result: Result, baseline: Load | None, *, is_valid: bool) -> Iterator[Said]:
    """Hold each SLO against what was measured; where that is not the target's doing, it is inconclusive."""
    for slo in slos:
        promise = _promise(slo, result, baseline)
        outcome, reason = _outcome(slo, promise)
        if result.search:
            outcome, reason = (
                Outcome.SKIP,
                "a search goes beyond what holds: each of its steps was held against the SLOs",
            )
        elif not is_valid and outcome is not Outcome.INCONCLUSIVE:
            outcome, reason = Outcome.INCONCLUSIVE, "the generator did not keep up: this is not the target alone"
        yield _said(slo, promise, outcome, reason)


def _promise(slo: Slo, result: Result, baseline: Load | None) -> Promise:
    tally = result.tally(slo.operation or ALL)
    if slo.statistic:
        value, interval, count = measuring.duration(tally.durations.get(slo.metric), slo.statistic)
    elif slo.metric in SHARES:
        value, interval, count = measuring.share(tally, slo.metric)
    else:
        value, interval, count = measuring.rate(result, tally, slo.metric)
    low, high = interval or (None, None)
    limit = slo.limit * (_before(slo, baseline) or 0.0) if slo.is_relative else slo.limit
    return Promise(slo.id, str(slo), limit, count, value, low, high)


def _before(slo: Slo, baseline: Load | None) -> float | None:
    """Return what the baseline measured; None where it did not."""
    if baseline is None:
        return None
    if not slo.statistic:
        whole = {each: getattr(baseline.totals, each, None) for each in ("error_rate", "goodput", "throughput")}
        kept = {promise.id: promise.value for promise in baseline.slos}
        return kept.get(slo.id) if slo.operation else whole.get(slo.metric, kept.get(slo.id))
    own = (each for each in baseline.measures if each.operation == (slo.operation or ALL) and each.metric == slo.metric)
    return next((float(getattr(each, slo.statistic)) for each in own), None)


def _outcome(slo: Slo, promise: Promise) -> tuple[Outcome, str]:
    if promise.value is None:
        return Outcome.INCONCLUSIVE, "nothing was measured: no such answer came"
    if slo.is_relative and not promise.limit:
        return Outcome.INCONCLUSIVE, "the baseline did not measure it: give a load report with --reference"
    if promise.low is None or promise.high is None:
        return Outcome.INCONCLUSIVE, f"too few samples: {_wants(slo, promise.count)}"
    outcome = held(slo, promise.limit, (promise.low, promise.high))
    if outcome is Outcome.INCONCLUSIVE:
        return outcome, f"{said(slo, promise)}: the limit lies within what is likely; a longer run tells"
    return outcome, ""


def _wants(slo: Slo, count: int) -> str:
    """Say how many samples it takes."""
    least = needed(measuring.SHARE_OF[slo.statistic]) if slo.statistic in measuring.SHARE_OF else FEWEST
    what = "seconds" if slo.metric in ("throughput", "tokens_in", "tokens_out") else "values"
    return f"{count:,} {what}, of which it takes {least:,}"


def said(slo: Slo, promise: Promise) -> str:
    """Tell what was measured, and how sure that is."""
    value, low, high = (show(slo, each) for each in (promise.value, promise.low, promise.high))
    return f"{value} ({low} to {high} with 95 % confidence, {promise.count:,} {_counted(slo)})"


def _counted(slo: Slo) -> str:
    return "values" if slo.statistic else "requests" if slo.metric in SHARES else "seconds"


def show(slo: Slo, value: float | None) -> str:
    """Write a value in the unit of its measure."""
    if value is None:
        return "unknown"
    if slo.statistic:
        return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
    return f"{value:.3%}" if slo.metric in SHARES else f"{value:,.1f}/s"


def _said(slo: Slo, promise: Promise, outcome: Outcome, reason: str) -> Said:
    result = CheckResult(
        id=slo.id,
        family=f"{FAMILY}.slo",
        outcome=outcome,
        level=Level.MUST,
        basis=Basis.BEHAVIOUR,
        requirement=f"`{slo}`. {DEFINITIONS[slo.metric]}",
        cite="",
        judged=int(outcome in (Outcome.PASS, Outcome.FAIL)),
        failed=int(outcome is Outcome.FAIL),
        reason=reason,
    )
    if outcome is not Outcome.FAIL:
        return Said(result, promise=promise)
    finding = Finding(
        id=slo.id,
        outcome=outcome,
        level=Level.MUST,
        basis=Basis.BEHAVIOUR,
        requirement=result.requirement,
        expected=f"{slo.relation} {show(slo, promise.limit)}",
        actual=said(slo, promise),
        operation=slo.operation,
        remedy=REMEDY,
    )
    return Said(result, (finding,), promise)


def conclude(
    result: Result,
    slos: Iterable[Slo],
    health: Health,
    found: Sequence[Error],
    seen: Sequence[Observation],
    baseline: Load | None,
    gone_after: float | None,
) -> Mapping[str, Said]:
    """Return everything that a load came to, by the id of its check."""
    ended = result.tally().counts["finished"]
    everything = (
        *promises(slos, result, baseline, is_valid=not health.faults),
        generator(health),
        answers(ended, gone_after),
        *capacity(measuring.capacity(result)),
        *errors(found, ended),
        *observed(seen, len(result.tallies)),
    )
    return {each.result.id: each for each in everything}
