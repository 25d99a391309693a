"""The baseline: departures that are known and accepted, for a time."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from cozecheck.errors import UsageError
from cozecheck.findings import BaselineUse, CheckResult, Finding, Outcome, Report
from cozecheck.texts import parse_toml

ANYTHING = "*"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Accepts the departures whose check id, scenario and target the globs match, until *expires* is over."""

    id: str
    reason: str
    link: str
    expires: date
    scenario: str = ANYTHING
    target: str = ANYTHING

    def __str__(self) -> str:
        scenario = "" if self.scenario == ANYTHING else f" in {self.scenario}"
        return f"{self.id}{scenario}, accepted until {self.expires}"

    def covers(self, finding: Finding) -> bool:
        """Whether *finding* is one of those that this accepts."""
        return fnmatchcase(finding.id, self.id) and fnmatchcase(finding.scenario, self.scenario)


KEYS = tuple(each.name for each in fields(Accepted))
REQUIRED = ("id", "reason", "link", "expires")


def parse(text: str, where: str) -> tuple[Accepted, ...]:
    """Read a baseline file; raises `UsageError` naming *where* (the file), the entry and the key."""
    document = parse_toml(text, where)
    for key in document:
        if key != "accepted":
            raise UsageError(f"{where}: unknown key {key!r}; a baseline has only [[accepted]] tables")
    entries = document.get("accepted", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise UsageError(f"{where}: `accepted` is no list of tables: write [[accepted]] before each entry")
    return tuple(_entry(each, f"{where}: accepted entry {number}") for number, each in enumerate(entries, 1))


def _entry(table: Mapping[str, Any], where: str) -> Accepted:
    where = f"{where} ({table['id']})" if isinstance(table.get("id"), str) else where
    for key in table:
        if key not in KEYS:
            close = difflib.get_close_matches(key, KEYS, n=1)
            meant = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(KEYS)}"
            raise UsageError(f"{where}: unknown key {key!r}; {meant}")
    for key in REQUIRED:
        if key not in table:
            raise UsageError(f"{where}: {key} is missing")
    for key, value in table.items():
        if fault := _fault(key, value):
            raise UsageError(f"{where}: {key} {fault}")
    return Accepted(**table)


def _fault(key: str, value: Any) -> str:
    """Say what is wrong with the value of a key, if anything is."""
    if key == "expires":
        plain = isinstance(value, date) and not isinstance(value, datetime)
        return "" if plain else "is not a date: write it like 2027-01-31, without quotes"
    if not isinstance(value, str):
        return f"is not a string: {value!r}"
    if not value.strip():
        return "is empty: fill it in"
    if key == "link":
        return "" if _is_address(value) else f"is not the address of a page: {value!r}"
    return ""


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value


def apply(report: Report, entries: Sequence[Accepted], today: date) -> Report:
    """Mark what the entries accept; list those that are expired, and those that no departure matches any more."""
    here = [each for each in entries if _is_for(each, report)]
    valid = [each for each in here if each.expires >= today]
    findings = tuple(
        replace(finding, baselined=any(each.covers(finding) for each in valid)) for finding in report.findings
    )
    departed = {finding.id for finding in findings}
    open_ids = {finding.id for finding in findings if not finding.baselined}
    use = BaselineUse(
        covered=sum(finding.baselined for finding in findings),
        stale=tuple(str(each) for each in valid if _is_stale(each, report)),
        expired=tuple(str(each) for each in here if each not in valid),
    )
    checks = tuple(replace(check, baselined=check.id in departed - open_ids) for check in report.checks)
    return replace(report, findings=findings, checks=checks, baseline=use)


def _is_for(entry: Accepted, report: Report) -> bool:
    targets = (report.target.base_url, *report.target.files)
    return any(fnmatchcase(each, entry.target) for each in targets)


def _is_stale(entry: Accepted, report: Report) -> bool:
    """Whether it could have matched, and did not: a check it names was judged, in a run that was not cut short."""
    judged = any(check.judged and fnmatchcase(check.id, entry.id) for check in report.checks)
    return judged and not report.run.interrupted and not any(map(entry.covers, report.findings))


def write(report: Report, *, expires: date) -> str:
    """Return a baseline of what fails, one entry a check; `parse` refuses it until reason and link are filled in."""
    bad = (Outcome.FAIL, Outcome.WARN) if report.strict else (Outcome.FAIL,)
    failing = {finding.id for finding in report.findings if finding.outcome in bad and not finding.baselined}
    entries = (_template(check, expires) for check in report.checks if check.id in failing)
    return "\n".join((_HEAD, *entries))


_HEAD = """\
# Departures that are known and accepted. Until every `reason` and `link` is filled in, this file is refused.
# An entry that no departure matches any more, or whose date is past, fails the run.
"""


def _template(check: CheckResult, expires: date) -> str:
    return f"""\
# {check.level}, {check.basis}; {check.failed} of {check.judged} judged: {" ".join(check.requirement.split())}
[[accepted]]
id = "{check.id}"
reason = ""  # why this is acceptable
link = ""  # the address of the issue that will end it
expires = {expires}
"""
