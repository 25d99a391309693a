"""From tallies and departures to a report that gives nothing away."""

import json
from typing import Any

from cozecheck.checks.conclusion import conclude
from cozecheck.checks.judging import Bench
from cozecheck.checks.registry import Check
from cozecheck.exchange import Exchange, Headers, Request
from cozecheck.findings import Outcome, Problem, Report, Target, Verdict
from tests.checks.test_judging import check, saying, sent

SECRET = "hunter2-hunter2"


def concluded(*checks: Check, exchange: Exchange | None = None, masked: bool = False, **more: Any) -> Report:
    bench = Bench(checks)
    bench.judge(exchange or sent())
    return conclude(
        bench,
        kind="judge",
        target=Target(files=("f",)),
        started=1_760_000_000.5,
        seconds=1.23456,
        requests=1,
        masked=masked,
        **more,
    )


def asked(body: Any) -> Exchange:
    headers = Headers((("Authorization", f"Bearer {SECRET}"),))
    return Exchange(Request("POST", "http://h/v1/chat/completions", headers, json.dumps(body).encode()), id="e1")


def test_a_report_says_when_and_how_long() -> None:
    report = concluded(check("chat.a", saying()), seed=3, tokens=4, notes=("n",), strict=True, interrupted=True)
    assert (report.run.started, report.run.seconds) == ("2025-10-09T08:53:20Z", 1.235)
    assert (report.run.seed, report.run.tokens, report.run.requests, report.run.interrupted) == (3, 4, 1, True)
    assert (report.notes, report.strict, report.tool.name) == (("n",), True, "cozecheck")


def test_every_check_is_there_in_its_order_whatever_came_of_it() -> None:
    report = concluded(
        check("chat.b", saying(Problem("x", 1))),
        check("chat.a", saying(), view=lambda _: None),
        check("chat.c", saying()),
    )
    assert [(each.id, each.outcome) for each in report.checks] == [
        ("chat.b", Outcome.FAIL),
        ("chat.a", Outcome.SKIP),
        ("chat.c", Outcome.PASS),
    ]


def test_a_finding_holds_all_there_is_to_know() -> None:
    (finding,) = concluded(
        check("chat.a", saying(Problem("this", {"a": 1}, "/id")), remedy="Mend it.", breaks=("c",), evidence=("e#1",)),
        exchange=asked({"model": "m"}),
    ).findings
    assert (finding.id, finding.outcome, finding.expected, finding.actual) == ("chat.a", Outcome.FAIL, "this", {"a": 1})
    assert (finding.at, finding.exchange, finding.operation) == ("/id", "e1", "chat.completions.create")
    assert (finding.remedy, finding.breaks, finding.evidence, finding.cite) == ("Mend it.", ("c",), ("e#1",), "cite")
    assert finding.curl.startswith("curl -sN -X POST http://h/v1/chat/completions")


def finding_of(verdict: Verdict, exchange: Exchange, **more: Any) -> str:
    report = concluded(check("chat.a", saying(verdict)), exchange=exchange, **more)
    return json.dumps([str(each) for each in (*report.findings, *report.checks)])


def test_keys_that_are_repeated_are_hidden() -> None:
    problem = Problem(f"not {SECRET}", {"said": [SECRET]}, f"/{SECRET}")
    assert SECRET not in finding_of(problem, asked({}))
    assert SECRET not in finding_of(problem, sent(), secrets=(SECRET,))


def test_recorded_words_that_are_repeated_are_hidden_and_our_own_are_not() -> None:
    exchange = asked({"messages": [{"role": "user", "content": "My own private words"}]})
    problem = Problem("no echo of My own private words", ["My own private words"])
    assert "private" not in finding_of(problem, exchange, masked=True)
    assert "private" in finding_of(problem, exchange)
