"""JUnit XML, in the structure that CI readers share."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from cozecheck.findings import BaselineUse, Outcome, Report
from cozecheck.render.junit import render
from tests.render.examples import check, every_outcome, finding, hostile, passing, report

ORDER = ("properties", "skipped", "error", "failure", "system-out")
"""Children of a test case, as the schema of Jenkins' xUnit plugin has them."""


def parsed(told: Report) -> Element:
    """Return the root of the rendered report."""
    return ElementTree.fromstring(render(told).encode("utf-8"))


def result(told: Report, name: str) -> list[str]:
    """Return the elements of one test case, beside its properties."""
    case = next(each for each in parsed(told).iter("testcase") if each.get("name") == name)
    return [child.tag for child in case if child.tag != "properties"]


@pytest.mark.parametrize("told", [every_outcome(), passing(), hostile(), report()])
def test_the_structure_is_the_common_one(told: Report) -> None:
    root = parsed(told)
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        for case in suite:
            assert case.tag == "testcase"
            assert case.keys() == ["classname", "name", "time"]
            tags = [child.tag for child in case]
            assert tags == sorted(set(tags), key=ORDER.index)


@pytest.mark.parametrize("told", [every_outcome(), passing(), hostile(), report()])
def test_the_numbers_are_those_of_the_elements(told: Report) -> None:
    root = parsed(told)
    for element in (root, *root):
        assert int(element.attrib["tests"]) == len(list(element.iter("testcase")))
        assert int(element.attrib["failures"]) == len(list(element.iter("failure")))
        assert int(element.attrib["errors"]) == len(list(element.iter("error")))
        assert int(element.attrib["skipped"]) == len(list(element.iter("skipped")))


@pytest.mark.parametrize(
    ("outcome", "elements"),
    [
        (Outcome.PASS, []),
        (Outcome.FAIL, ["failure"]),
        (Outcome.WARN, ["system-out"]),
        (Outcome.INFO, ["system-out"]),
        (Outcome.ERROR, ["error"]),
        (Outcome.SKIP, ["skipped"]),
        (Outcome.UNSUPPORTED, ["skipped"]),
        (Outcome.INCONCLUSIVE, ["skipped"]),
    ],
)
def test_each_outcome_has_its_element(outcome: Outcome, elements: list[str]) -> None:
    told = report(checks=(check("chat.id", outcome, reason="why"), check("chat.object", Outcome.PASS)))
    assert result(told, "chat.id") == elements


def test_strict_makes_a_warning_a_failure() -> None:
    assert result(report(finding("usage.details", Outcome.WARN), strict=True), "usage.details") == ["failure"]


def test_a_baselined_check_is_skipped() -> None:
    told = report(finding("chat.id", baselined=True), checks=(check("chat.id", Outcome.FAIL, baselined=True),))
    assert result(told, "chat.id") == ["skipped"]


def test_a_case_is_named_by_its_check_and_says_how_strong_it_is() -> None:
    case = next(parsed(report(finding("chat.stream.object"))).iter("testcase"))
    assert case.get("classname") == "chat.stream"
    said = {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
    assert said == {"level": "must", "basis": "spec", "cite": "RFC 9110 (HTTP semantics)"}


def test_a_stale_entry_fails_a_case_of_its_own() -> None:
    told = report(checks=(check("chat.id", Outcome.PASS),), baseline=BaselineUse(stale=("chat.id",)))
    assert result(told, "baseline: chat.id") == ["failure"]


def test_a_run_that_judged_nothing_is_no_success() -> None:
    told = report(checks=(check("chat.id", Outcome.SKIP, reason="keys are off"),))
    assert result(told, "verdict") == ["error"]
