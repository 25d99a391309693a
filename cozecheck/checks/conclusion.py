"""From tallies and departures to a report."""

from collections.abc import Iterator
from datetime import UTC, datetime

import openai

from cozecheck import __version__
from cozecheck.checks.judging import Bench, Departure
from cozecheck.checks.registry import Check
from cozecheck.contract.operations import operation
from cozecheck.curl import curl
from cozecheck.findings import DEPARTURE, CheckResult, Finding, Report, Run, Target, Tool
from cozecheck.masking import excerpt, presentable

TOOL = Tool("cozecheck", __version__, openai.__version__)


def conclude(
    bench: Bench,
    *,
    kind: str,
    target: Target,
    started: float,
    seconds: float,
    requests: int,
    masked: bool,
    tokens: int = 0,
    seed: int = 0,
    interrupted: bool = False,
    strict: bool = False,
    notes: tuple[str, ...] = (),
) -> Report:
    """Make the report of a run that *started* so many seconds after 1970; *masked* hides recorded people's words."""
    return Report(
        kind=kind,
        tool=TOOL,
        target=target,
        run=Run(moment(started), round(seconds, 3), seed, requests, tokens, interrupted),
        checks=results(bench),
        findings=tuple(findings(bench, masked=masked)),
        strict=strict,
        notes=notes,
    )


def moment(seconds: float) -> str:
    """Return so many *seconds* after 1970 as a report writes them."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def results(bench: Bench) -> tuple[CheckResult, ...]:
    """Return what came of every check, whatever it was."""
    return tuple(_result(bench, check) for check in bench.checks)


def _result(bench: Bench, check: Check) -> CheckResult:
    tally = bench.tallies[check.id]
    outcome, reason = tally.outcome(check)
    return CheckResult(
        id=check.id,
        family=check.family,
        outcome=outcome,
        level=check.level,
        basis=check.basis,
        requirement=check.requirement,
        cite=check.cite,
        judged=tally.judged,
        failed=tally.failed,
        reason=excerpt(reason),
    )


def findings(bench: Bench, *, masked: bool) -> Iterator[Finding]:
    """Yield every departure; *masked* hides the words of recorded requests."""
    lines: dict[int, str] = {}
    for departure in bench.departures:
        exchange = departure.exchange
        if id(exchange) not in lines:
            lines[id(exchange)] = curl(exchange.request, masked=masked)
        yield _finding(departure, lines[id(exchange)])


def _finding(departure: Departure, line: str) -> Finding:
    check, exchange, problem = departure.check, departure.exchange, departure.problem
    asked = operation(exchange.request)
    return Finding(
        id=check.id,
        outcome=DEPARTURE[check.level],
        level=check.level,
        basis=check.basis,
        requirement=check.requirement,
        expected=excerpt(problem.expected),
        actual=presentable(problem.actual),
        at=problem.at,
        scenario=exchange.scenario,
        operation=asked.name if asked else "",
        exchange=exchange.id,
        cite=check.cite,
        evidence=check.evidence,
        breaks=check.breaks,
        remedy=check.remedy,
        curl=line,
        sdk=excerpt(exchange.sdk),
    )
