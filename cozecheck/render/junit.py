"""Report to JUnit XML: one test case a check, one suite a family."""

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cozecheck.findings import CheckResult, Finding, Outcome, Report
from cozecheck.listed import Item, State
from cozecheck.render.summary import Departures, because, departures, place, replayed
from cozecheck.render.visible import cut, visible

MOST_ACTUAL = 2000
EXAMPLES = 5
"""Findings of one check that are told in full."""

TALLIES = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
"""Attributes of a suite, and the element of a test case that each counts."""


def render(report: Report) -> str:
    """Return the report in the form that the JUnit readers of GitLab, Jenkins and others share."""
    root = Element("testsuites", name="cozecheck")
    groups = {group.first.id: group for group in departures(report)}
    for family in report.families:
        checks = (check for check in report.checks if check.family == family)
        _add_suite(root, family, [_case(check, groups.get(check.id), strict=report.strict) for check in checks])
    if report.checklist:
        _add_suite(root, "checklist", [_item(item) for item in report.checklist.items])
    _add_suite(root, "run", list(_run_cases(report)))
    _count(root)
    root.set("time", f"{report.run.seconds:.3f}")
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _add_suite(root: Element, name: str, cases: list[Element]) -> None:
    if cases:
        suite = SubElement(root, "testsuite", name=visible(name))
        suite.extend(cases)
        _count(suite)
        suite.set("time", "0.000")


def _count(element: Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    for attribute, name in TALLIES:
        element.set(attribute, str(len(list(element.iter(name)))))


def _empty_case(classname: str, name: str) -> Element:
    return Element("testcase", classname=visible(classname), name=visible(name), time="0.000")


def _case(check: CheckResult, group: Departures | None, *, strict: bool) -> Element:
    case = _empty_case(check.family, check.id)
    properties = SubElement(case, "properties")
    for name, value in (("level", check.level), ("basis", check.basis), ("cite", check.cite)):
        SubElement(properties, "property", name=name, value=visible(value))
    told = "\n".join(_told(check, group)).strip()
    if check.outcome is Outcome.ERROR:
        SubElement(case, "error", message=cut(check.reason, MOST_ACTUAL), type="error").text = told
    elif check.baselined:
        SubElement(case, "skipped", message="baselined: the baseline accepts every departure")
    elif check.outcome in (Outcome.SKIP, Outcome.UNSUPPORTED, Outcome.INCONCLUSIVE):
        SubElement(case, "skipped", message=f"{check.outcome}: {cut(check.reason, MOST_ACTUAL)}")
    elif check.outcome is Outcome.FAIL or (strict and check.outcome is Outcome.WARN):
        SubElement(case, "failure", message=_message(check, group), type=check.level).text = told
    elif check.outcome is not Outcome.PASS:
        SubElement(case, "system-out").text = f"{check.outcome}: {told}"
    return case


def _item(item: Item) -> Element:
    case = _empty_case("checklist", item.id)
    if item.state is State.UNMET:
        told = "\n".join((item.title, *(f"fails: {id}" for id in item.checks), f"settle it: {item.how}"))
        SubElement(case, "failure", message=cut(item.why, MOST_ACTUAL), type=item.state).text = visible(told)
    elif item.state is State.UNKNOWN:
        SubElement(case, "skipped", message=f"{item.state}: {cut(item.why, MOST_ACTUAL)}")
    return case


def _message(check: CheckResult, group: Departures | None) -> str:
    if group is None:
        return visible(check.requirement)
    return f"expected {cut(group.first.expected, 200)}, got {cut(group.first.actual, 200)}"


def _told(check: CheckResult, group: Departures | None) -> Iterator[str]:
    yield visible(check.requirement)
    if group is None:
        return
    yield group.extent
    for finding in group.examples(EXAMPLES):
        yield from ("", *_example(finding))
    yield ""
    yield from (f"breaks: {visible(words)}" for words in group.first.breaks)
    if group.first.remedy:
        yield f"fix: {visible(group.first.remedy)}"


def _example(finding: Finding) -> Iterable[str]:
    return (
        visible(place(finding)),
        f"expected: {cut(finding.expected, MOST_ACTUAL)}",
        f"actual:   {cut(finding.actual, MOST_ACTUAL)}",
        *([f"sdk:      {cut(finding.sdk, MOST_ACTUAL)}"] if finding.sdk else []),
        *([f"code:     {cut(', '.join(finding.code), MOST_ACTUAL)}"] if finding.code else []),
        *([cut(finding.curl, MOST_ACTUAL)] if finding.curl else []),
    )


def _run_cases(report: Report) -> Iterator[Element]:
    """Yield what fails the run beside its checks, so that the file never looks better than the exit code."""
    for word, entries in (("stale", report.baseline.stale), ("expired", report.baseline.expired)):
        for entry in entries:
            case = _empty_case("run", f"baseline: {entry}")
            SubElement(case, "failure", message=f"{word} baseline entry", type=word).text = visible(entry)
            yield case
    lines = tuple(replayed(report))
    if lines:
        case = _empty_case("run", "replayed")
        SubElement(case, "system-out").text = "\n".join(cut(line, MOST_ACTUAL) for line in lines)
        yield case
    nothing = not any(check.judged for check in report.checks) or (lines and not report.replay.compared)
    if nothing or report.unsettled:
        case = _empty_case("run", "verdict")
        SubElement(case, "error", message=because(report), type="no verdict")
        yield case
