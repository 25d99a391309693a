"""From tallies and departures to a report."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import openai

from cozecheck import __version__
from cozecheck.checks.judging import Bench, Departure
from cozecheck.checks.registry import Check
from cozecheck.contract.operations import operation
from cozecheck.curl import curl
from cozecheck.exchange import Request
from cozecheck.findings import DEPARTURE, CheckResult, Finding, Report, Run, Target, Tool
from cozecheck.masking import excerpt, hidden, mask_secrets, presentable, secret_values, words

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
    secrets: Iterable[str] = (),
    notes: tuple[str, ...] = (),
) -> Report:
    """Make the report of a run that *started* so many seconds after 1970.

    Nothing shows the *secrets*; *masked* hides recorded people's words, too.
    """
    known = tuple(secrets)
    return Report(
        kind=kind,
        tool=TOOL,
        target=target,
        run=Run(moment(started), round(seconds, 3), seed, requests, tokens, interrupted),
        checks=results(bench, known),
        findings=tuple(findings(bench, known, masked=masked)),
        strict=strict,
        notes=notes,
    )


def moment(seconds: float) -> str:
    """Return so many *seconds* after 1970 as a report writes them."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def results(bench: Bench, secrets: Iterable[str] = ()) -> tuple[CheckResult, ...]:
    """Return what came of every check, whatever it was."""
    return tuple(_result(bench, check, hidden(secrets)) for check in bench.checks)


def _result(bench: Bench, check: Check, known: Iterable[str]) -> CheckResult:
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
        reason=excerpt(reason, known),
    )


def findings(bench: Bench, secrets: Iterable[str] = (), *, masked: bool) -> Iterator[Finding]:
    """Yield every departure; *masked* hides the words of recorded requests."""
    private: dict[int, tuple[str, ...]] = {}
    for departure in bench.departures:
        request = departure.exchange.request
        if id(request) not in private:
            private[id(request)] = hidden((*secrets, *_private(request, masked=masked)))
        yield _finding(departure, private[id(request)], masked=masked)


def _private(request: Request, *, masked: bool) -> Iterator[str]:
    """Yield what an answer may repeat, and a report must not."""
    yield from secret_values(request.url, request.headers.lines)
    if masked:
        yield from words(request.parsed.value)


def _finding(departure: Departure, known: Iterable[str], *, masked: bool) -> Finding:
    check, exchange, problem = departure.check, departure.exchange, departure.problem
    asked = operation(exchange.request)
    return Finding(
        id=check.id,
        outcome=DEPARTURE[check.level],
        level=check.level,
        basis=check.basis,
        requirement=check.requirement,
        expected=excerpt(problem.expected, known),
        actual=presentable(problem.actual, known),
        at=mask_secrets(problem.at, known),
        scenario=exchange.scenario,
        operation=asked.name if asked else "",
        exchange=exchange.id,
        cite=check.cite,
        evidence=check.evidence,
        breaks=check.breaks,
        remedy=check.remedy,
        curl=mask_secrets(curl(exchange.request, masked=masked), known),
        sdk=mask_secrets(excerpt(exchange.sdk), known),
    )
