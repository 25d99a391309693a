"""JSON: the public contract, and the way back."""

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cozecheck.errors import UsageError
from cozecheck.findings import Finding, Report, Run
from cozecheck.render.json import load, render
from tests.render.examples import every_outcome, finding, hostile, passing, report
from tests.render.gates import gated, hostile_gate, scanned
from tests.render.loads import loaded
from tests.render.plans import planned

SCHEMA: dict[str, Any] = json.loads(files("cozecheck").joinpath("data/conformance.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ANY_REPORT = st.builds(
    Report,
    run=st.builds(Run, seconds=st.floats(allow_nan=False, allow_infinity=False)),
    findings=st.lists(st.builds(Finding, actual=ANY_JSON), max_size=3).map(tuple),
)


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the report with every outcome, as JSON, one value in it another."""
    document: dict[str, Any] = json.loads(render(every_outcome()))
    *steps, last = path.split(".")
    part: Any = document
    for step in steps:
        part = part[int(step) if step.isdigit() else step]
    part[int(last) if last.isdigit() else last] = value
    return document


@given(ANY_REPORT)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_back(told: Report) -> None:
    assert load(render(told)) == told


@pytest.mark.parametrize("told", [every_outcome(), passing(), hostile(), report(), gated(), hostile_gate()])
def test_the_examples_are_read_back(told: Report) -> None:
    assert load(render(told)) == told


def test_keys_of_a_later_version_are_ignored() -> None:
    assert load(json.dumps(changed("run.joules", 7))) == every_outcome()


def test_optional_keys_may_be_absent() -> None:
    document = json.loads(render(passing()))
    for key in ("baseline", "strict", "notes", "summary", "families"):
        del document[key]
    assert load(json.dumps(document)) == passing()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html>", "x.json: not a cozecheck report: not JSON (Expecting value: line 1 column 1 (char 0))"),
        ("[" * 100_000, "x.json: not a cozecheck report: not JSON"),
        ("[]", "x.json: not a cozecheck report that this version reads: no `schema`, not 1"),
        ('{"schema": 2}', "x.json: not a cozecheck report that this version reads: schema 2, not 1"),
        ('{"schema": 1}', "x.json: not a cozecheck report: kind is missing"),
        (json.dumps(changed("run.seconds", "4")), 'run.seconds: expected a number, got "4"'),
        (json.dumps(changed("run.seconds", float("nan"))), "run.seconds: expected a number, got NaN"),
        (json.dumps(changed("run.seconds", 10**400)), "int too large"),
        (json.dumps(changed("run.seed", value=True)), "run.seed: expected an integer, got true"),
        (json.dumps(changed("checks.3.judged", None)), "checks[3].judged: expected an integer, got null"),
        (json.dumps(changed("findings.0.breaks", "x")), 'findings[0].breaks: expected a list, got "x"'),
        (json.dumps(changed("findings.0", 5)), "findings[0]: expected an object, got 5"),
        (
            json.dumps(changed("checks.0.level", "shall")),
            'checks[0].level: expected one of must, should, may, got "shall"',
        ),
    ],
)
def test_what_is_no_report_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        load(text, "x.json")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "told",
    [every_outcome(), passing(), report(), report(finding("chat.id")), loaded(), planned(), gated(), scanned()],
)
def test_a_report_fits_the_schema(told: Report) -> None:
    VALIDATOR.validate(json.loads(render(told)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", 2),
        ("kind", "loads"),
        ("run.started", "yesterday"),
        ("run.seconds", -1),
        ("summary.exit_code", 0),
        ("summary.pass", "1"),
        ("families.chat", {}),
        ("checks.0.id", "Transport Responds"),
        ("checks.0.basis", "de-facto"),
        ("checks.0.outcome", "warn"),
        ("checks.4.reason", ""),
        ("findings.0.outcome", "pass"),
        ("findings.0.breaks", "openai-python"),
        ("findings.0.expected", ""),
        ("baseline.stale", None),
    ],
)
def test_a_wrong_value_does_not_fit_the_schema(path: str, value: Any) -> None:
    assert not VALIDATOR.is_valid(changed(path, value))


def test_the_schema_names_every_key() -> None:
    document, parts, named = json.loads(render(every_outcome())), SCHEMA["properties"], SCHEMA["$defs"]
    gate = json.loads(render(gated()))
    outcomes, rule = named["outcomes"]["properties"].keys(), named["rule"]["properties"].keys()
    assert document.keys() == parts.keys() - {"fidelity", "load", "plan", "replay", "uses", "checklist"}
    for name, inner in (("uses", ("use", "unclear")), ("checklist", ("item", "impact", "diagnosis"))):
        assert gate[name].keys() == parts[name]["properties"].keys()
        lists = [gate[name][key] for key, part in parts[name]["properties"].items() if part.get("type") == "array"]
        for rows, part in zip(lists, inner, strict=True):
            assert all(row.keys() == named[part]["properties"].keys() for row in rows)
    for name in ("tool", "run", "baseline"):
        assert document[name].keys() == parts[name]["properties"].keys()
    assert document["summary"].keys() == parts["summary"]["properties"].keys() | outcomes
    assert all(each.keys() == outcomes for each in document["families"].values())
    assert all(each.keys() == named["check"]["properties"].keys() | rule for each in document["checks"])
    assert all(each.keys() == named["finding"]["properties"].keys() | rule for each in document["findings"])


def test_files_are_named_only_where_there_are_some() -> None:
    assert "files" not in json.loads(render(passing()))["target"]
    assert json.loads(render(hostile()))["target"]["files"]
