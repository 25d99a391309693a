"""Whole runs of the tool-call cases against the reference server: who comes up to whom."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.findings import Fidelity, Outcome, Report, Trial
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.render.fidelity import render
from cozecheck.render.json import load
from cozecheck.render.json import render as as_json
from cozecheck.tool_cases import Course, Plan, cases, require_reference, run
from reference_server.app import create_app
from tests.reference import KEY, settings
from tests.render.examples import passing
from tests.render.test_json import SCHEMA, VALIDATOR
from tests.servers import running
from tests.suite import MODEL

KNOWN = tuple(case for case in cases() if case.id.startswith(("currency", "library", "weather", "none-g")))


def measured(flaw: str | None = None, reference: tuple[Trial, ...] = (), course: Course | None = None) -> Report:
    """Run some of the cases against the reference server, wrong on purpose by *flaw*."""
    return of_app(create_app(settings(), flaw=flaw), reference, course or Course(time.time, repeats=2))


def of_app(app: ASGIApp, reference: tuple[Trial, ...], course: Course) -> Report:
    async def ask(base_url: str) -> Report:
        async with Probe(Endpoint(base_url, KEY), Limits.within(5)) as probe:
            return await run(probe, KNOWN, MODEL, reference, course)

    with running(app) as base_url:
        return asyncio.run(ask(base_url))


def refusing(status: int, headers: Mapping[str, str]) -> ASGIApp:
    """Answer first contact as the reference server does, and refuse whatever comes with tools."""
    behind = create_app(settings())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        first = await receive()
        waiting = [first]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        refusal = JSONResponse({"error": {"message": "no"}}, status, headers)
        await (refusal if b'"tools"' in first.get("body", b"") else behind)(scope, again, send)

    return app


@cache
def clean() -> Report:
    return measured()


def failed(report: Report) -> set[str]:
    return {finding.id for finding in report.findings}


def test_without_a_reference_there_are_figures_and_no_verdict() -> None:
    report = clean()
    assert (report.verdict, report.exit_code) == ("measured", 0)
    assert {check.outcome for check in report.checks} == {Outcome.SKIP}
    assert len(report.fidelity.trials) == len(KNOWN) * 2 * 2
    assert render(report).startswith("MEASURED")
    assert "no reference to hold it against" in render(report)


def test_a_second_run_conforms() -> None:
    report = measured(reference=clean().fidelity.trials)
    assert (report.verdict, report.exit_code, report.findings) == ("conforms", 0, ())
    assert {check.outcome for check in report.checks} == {Outcome.PASS}


@pytest.mark.parametrize(
    ("flaw", "ids"),
    [
        ("tool-arguments-cut", {"fidelity.arguments-json", "fidelity.arguments-schema"}),
        ("tool-arguments-object", {"fidelity.arguments-json", "fidelity.arguments-schema"}),
        ("tool-name-prefixed", {"fidelity.arguments-schema", "fidelity.tools-expected"}),
        ("tool-call-as-text", {"fidelity.trigger-recall", "fidelity.trigger-f1", "fidelity.tools-expected"}),
    ],
)
def test_a_server_that_spoils_calls_does_not(flaw: str, ids: set[str]) -> None:
    report = measured(flaw, clean().fidelity.trials)
    assert (report.verdict, failed(report)) == ("does not conform", ids)
    assert all(finding.curl and finding.scenario for finding in report.findings)
    assert "FAIL  fidelity." in render(report)


def test_a_report_is_its_own_reference() -> None:
    told = load(as_json(clean()))
    assert told == clean()
    assert require_reference(told, KNOWN, "r.json") == clean().fidelity.trials


def test_a_report_fits_the_schema_which_names_every_key() -> None:
    document = json.loads(as_json(measured(reference=clean().fidelity.trials)))
    VALIDATOR.validate(document)
    told = document["fidelity"]
    assert told.keys() == SCHEMA["properties"]["fidelity"]["properties"].keys()
    for name, kind in (("figures", "figure"), ("reference", "figure"), ("trials", "trial")):
        assert all(each.keys() == SCHEMA["$defs"][kind]["properties"].keys() for each in told[name])


def test_what_is_no_reference_is_told() -> None:
    once = tuple(trial for trial in clean().fidelity.trials if trial.repeat == 1)
    stranger = (replace(once[0], case="unheard-of"),)
    for report, words in (
        (passing(), "r.json: a report of `cozecheck fidelity` is needed, not of `cozecheck conformance`"),
        (replace(clean(), fidelity=Fidelity(trials=once)), "r.json: two repeats or more are needed"),
        (replace(clean(), fidelity=Fidelity(trials=stranger)), "r.json: made with other cases (unheard-of)"),
    ):
        with pytest.raises(UsageError) as caught:
            require_reference(report, KNOWN, "r.json")
        assert str(caught.value).startswith(words)


def test_refusals_for_want_of_capacity_are_asked_again_and_left_out() -> None:
    report = of_app(refusing(429, {"retry-after": "0"}), (), Course(time.time, repeats=1))
    assert report.run.requests == len(KNOWN) * 2 * 3 + 2
    assert (report.fidelity.trials, report.exit_code) == ((), 3)
    assert report.notes == (f"left out: {len(KNOWN) * 2} of the answers (refused with 429)",)
    assert "left out" in render(report)


def test_asking_again_stays_within_the_budget() -> None:
    most = len(KNOWN) * 2 + 2
    report = of_app(refusing(429, {"retry-after": "0"}), (), Course(time.time, repeats=1, max_requests=most))
    assert report.run.requests == most


def test_other_refusals_count_against_the_server() -> None:
    report = of_app(refusing(400, {}), clean().fidelity.trials, Course(time.time, repeats=2))
    assert failed(report) == {"fidelity.answers", "fidelity.stream.answers"}


def test_the_cost_is_told_before_and_kept() -> None:
    told: list[Plan] = []
    report = measured(course=Course(time.time, repeats=1, planned=told.append))
    assert told[0].requests == report.run.requests == len(KNOWN) * 2 + 2
    assert report.run.tokens <= told[0].tokens


@pytest.mark.parametrize("bounds", [{"max_requests": 20}, {"max_tokens": 2000}, {"max_requests": 1}])
def test_a_budget_that_does_not_reach_sends_nothing(bounds: dict[str, int]) -> None:
    with pytest.raises(NoVerdictError, match="the budget is too small: this takes up to"):
        measured(course=Course(time.time, **bounds))  # type: ignore[arg-type]
