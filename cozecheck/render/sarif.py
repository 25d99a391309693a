"""Report to SARIF 2.1.0 (OASIS): findings where code is reviewed."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from cozecheck.findings import CheckResult, Finding, Outcome, Report
from cozecheck.render.summary import departures, place
from cozecheck.render.visible import cut, visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Final[Mapping[Outcome, str]] = {Outcome.FAIL: "error", Outcome.WARN: "warning", Outcome.INFO: "note"}
MOST_RESULTS: Final = 5_000
"""GitHub takes no more of one run."""
MOST_WORDS: Final = 1_000
MOST_LOCATIONS: Final = 10
FINGERPRINT: Final = "cozecheck/v1"
ELSEWHERE: Final = "cozecheck.toml:1"
"""Where a finding stands that no scan places: GitHub refuses the whole log if one result is in no file."""

Json = dict[str, Any]


def render(report: Report) -> str:
    """Return a log of one run: a rule a check that departs, a result a finding."""
    rules = {check.id: number for number, check in enumerate(_departing(report))}
    results = [_result(each, rules) for each in report.findings if each.id in rules]
    if any(finding.baselined for finding in report.findings):
        # All results of a run say whether they are suppressed, or none does (SARIF 2.1.0, 3.27.23).
        results = [{"suppressions": [], **each} for each in results]
    run = {
        "tool": {"driver": _driver(report)},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": f"cozecheck/{report.kind}/"},
        "invocations": [_invocation(report)],
        "results": results[:MOST_RESULTS],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _departing(report: Report) -> tuple[CheckResult, ...]:
    departed = {finding.id for finding in report.findings}
    return tuple(check for check in report.checks if check.id in departed)


def _driver(report: Report) -> Json:
    firsts = {group.first.id: group.first for each in (False, True) for group in departures(report, baselined=each)}
    rules = [_rule(check, firsts[check.id]) for check in _departing(report)]
    return {"name": report.tool.name, "semanticVersion": report.tool.version, "rules": rules}


def _rule(check: CheckResult, first: Finding) -> Json:
    lines = [check.requirement, *(f"Breaks {words}." for words in first.breaks)]
    lines += [f"Fix: {first.remedy}"] if first.remedy else []
    lines += [f"See {check.cite}"] if check.cite else []
    return {
        "id": check.id,
        "name": "".join(word.capitalize() for word in check.id.replace(".", "-").split("-")),
        "shortDescription": {"text": cut(check.requirement, MOST_WORDS)},
        "help": {"text": visible("\n\n".join(lines))},
        "defaultConfiguration": {"level": LEVELS.get(first.outcome, "none")},
        "properties": {"tags": [check.family, check.level.value, check.basis.value]},
    }


def _result(finding: Finding, rules: Mapping[str, int]) -> Json:
    made: Json = {
        "ruleId": finding.id,
        "ruleIndex": rules[finding.id],
        "level": LEVELS.get(finding.outcome, "none"),
        "message": {"text": _message(finding)},
        "locations": [_location(finding, finding.code[0] if finding.code else ELSEWHERE)],
        "partialFingerprints": {FINGERPRINT: _fingerprint(finding)},
    }
    others = [_location(finding, each) for each in finding.code[1:MOST_LOCATIONS]]
    if others:
        made["relatedLocations"] = others
    if finding.baselined:
        made["suppressions"] = [{"kind": "external", "justification": "known: accepted, or failed before"}]
    return made


def _message(finding: Finding) -> str:
    where = f" ({visible(place(finding))})" if place(finding) else ""
    expected, actual = cut(finding.expected, MOST_WORDS), cut(finding.actual, MOST_WORDS)
    return f"{visible(finding.requirement)} Expected {expected}, got {actual}{where}"


def _location(finding: Finding, code: str) -> Json:
    file, _, line = code.rpartition(":")
    physical = {"artifactLocation": {"uri": quote(file, errors="backslashreplace")}, "region": {"startLine": int(line)}}
    logical = {"fullyQualifiedName": finding.operation or finding.id, "kind": "function"}
    return {"physicalLocation": physical, "logicalLocations": [logical]}


def _fingerprint(finding: Finding) -> str:
    """Tell a finding from others over runs: ids of exchanges, and what came, are others each time."""
    words = "\0".join((finding.id, finding.operation, finding.scenario, finding.at))
    return hashlib.sha256(words.encode(errors="backslashreplace")).hexdigest()[:32]


def _invocation(report: Report) -> Json:
    made: Json = {
        "executionSuccessful": report.exit_code in (0, 1),
        "exitCode": report.exit_code,
        "startTimeUtc": report.run.started,
    }
    notes = list(_notifications(report))
    return made | ({"toolExecutionNotifications": notes} if notes else {})


def _notifications(report: Report) -> Iterator[Json]:
    if len(report.findings) > MOST_RESULTS:
        words = f"{len(report.findings)} findings, of which the first {MOST_RESULTS} are here"
        yield {"level": "warning", "message": {"text": words}}
    for check in report.checks:
        if check.outcome is Outcome.ERROR:
            yield {"level": "error", "message": {"text": f"{check.id}: {cut(check.reason, MOST_WORDS)}"}}
