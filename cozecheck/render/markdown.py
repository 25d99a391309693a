"""Report to Markdown, for the summary of a CI step."""

import re
from collections.abc import Iterable, Iterator
from html import escape

from cozecheck.findings import Finding, Report
from cozecheck.render.listing import boxes
from cozecheck.render.scanned import used
from cozecheck.render.summary import (
    Departures,
    because,
    counted,
    departures,
    matrix,
    place,
    replayed,
    skips,
    spent,
    unsettled,
)
from cozecheck.render.tables import Table, facts, tables
from cozecheck.render.visible import cut

MOST_ACTUAL = 600
MOST_DETAIL = 400_000
"""Characters of examples in one report: GitHub drops a summary of more than 1 MiB."""
EXAMPLES = 3
MARKS = {0: "\N{WHITE HEAVY CHECK MARK}", 1: "\N{CROSS MARK}", 3: "\N{WARNING SIGN}\ufe0f"}
"""By exit code."""


def render(report: Report) -> str:
    """Return the report for a place that shows GitHub's Markdown; what came from the target is never markup."""
    sections = (
        _head(report),
        *_measured(report),
        _table(report),
        _list("Replayed", map(_text, replayed(report))),
        _departures(report),
        boxes(report.checklist, _text, _prose) if report.checklist else (),
        used(report.uses, _text) if report.uses else (),
        _list("Not settled", (f"{each.outcome} {_code(each.id)}: {_text(each.reason)}" for each in unsettled(report))),
        _list("Skipped", (f"{counted(len(checks), 'check')}: {_text(reason)}" for reason, checks in skips(report))),
        _list("Baseline", _baseline(report)),
        _list("Notes", map(_text, report.notes)),
    )
    return "\n\n".join("\n".join(lines) for lines in map(tuple, sections) if lines) + "\n"


def _text(words: str) -> str:
    """Escape for running text and table cells, as entities: no Markdown reads those as markup."""
    return "".join(f"&#{ord(each)};" if each in _SYNTAX else each for each in cut(words, MOST_ACTUAL))


def _prose(words: str) -> str:
    """Escape, but for `code` in backticks."""
    return re.sub(r"&#96;(.*?)&#96;", r"<code>\1</code>", _text(words))


_SYNTAX = frozenset("\\`*_[]<>&|~#$@")


def _code(words: str) -> str:
    return f"<code>{_text(words)}</code>"


def _head(report: Report) -> Iterator[str]:
    target = report.target
    about = [target.base_url or ", ".join(target.files), target.model]
    tool = report.tool
    interrupted = " It was interrupted: this is only what came before." if report.run.interrupted else ""
    yield f"## {MARKS[report.exit_code]} {report.verdict}"
    yield ""
    yield f"{' '.join(_code(each) for each in about if each)}: {because(report)}.{interrupted}"
    yield ""
    version = f"version {tool.version}, contract of openai {tool.openai}"
    yield f"{_text(f'{tool.name} {report.kind}, {version}')}; {spent(report)}."


def _table(report: Report) -> Iterator[str]:
    table = matrix(report)
    if table.rows:
        yield _row("family", table.columns)
        yield _row("---", ["---:"] * len(table.columns))
        yield from (_row(_text(family), map(_cell, cells)) for family, cells in table.rows)
        yield _row("**all**", map(_cell, table.totals))


def _measured(report: Report) -> Iterator[Iterator[str]]:
    """Yield the facts and tables of a load, or of a plan."""
    yield (f"- {name}: {_text(words)}" for name, words in facts(report))
    for table in tables(report):
        yield _block(table)


def _block(table: Table) -> Iterator[str]:
    ends = ("---",) * table.left + ("---:",) * (len(table.head) - table.left)
    yield from (f"### {table.title}", "", _row(table.head[0], table.head[1:]), _row(ends[0], ends[1:]))
    for first, *rest in table.rows:
        yield _row(_text(first), map(_text, rest))


def _row(name: str, cells: Iterable[str]) -> str:
    return f"| {' | '.join((name, *cells))} |"


def _cell(number: int) -> str:
    return f"{number:,}" if number else ""


def _departures(report: Report) -> Iterator[str]:
    groups = departures(report)
    if groups:
        yield from ("### Departures", "")
    left = MOST_DETAIL
    for group in groups:
        first = group.first
        strength = f"({first.level}, {first.basis}; {group.extent})"
        yield f"- **{first.outcome}** {_code(first.id)} {strength}: {_prose(first.requirement)}"
        detail = "\n".join(_detail(group))
        left -= len(detail)
        if left > 0:
            yield detail


def _detail(group: Departures) -> Iterator[str]:
    """Yield one block of HTML inside the list item; a blank line would end it."""
    first = group.first
    yield f"  <details><summary>expected {escape(cut(first.expected, 100))}</summary>"
    for finding in group.examples(EXAMPLES):
        yield f"  <pre>{'&#10;'.join(_example(finding))}</pre>"
    for label, words in (*(("Breaks", each) for each in first.breaks), ("Fix", first.remedy), ("See", first.cite)):
        if words:
            yield f"  <p>{label}: {escape(cut(words, MOST_ACTUAL))}</p>"
    yield "  </details>"


def _example(finding: Finding) -> Iterator[str]:
    said = (
        (place(finding), MOST_ACTUAL),
        (f"expected  {finding.expected}", MOST_ACTUAL),
        (f"actual    {finding.actual}", MOST_ACTUAL),
        (f"sdk       {finding.sdk}" if finding.sdk else "", MOST_ACTUAL),
        (f"your code {', '.join(finding.code)}" if finding.code else "", MOST_ACTUAL),
        (finding.curl, 4 * MOST_ACTUAL),
    )
    yield from (escape(cut(words, most)) for words, most in said if words)


def _list(title: str, items: Iterable[str]) -> tuple[str, ...]:
    lines = tuple(f"- {item}" for item in items)
    return (f"### {title}", "", *lines) if lines else ()


def _baseline(report: Report) -> Iterator[str]:
    for group in departures(report, baselined=True):
        yield f"accepted: {group.first.outcome} {_code(group.first.id)} ({group.extent})"
    yield from (f"**stale**, no departure matches it: {_text(entry)}" for entry in report.baseline.stale)
    yield from (f"**expired**: {_text(entry)}" for entry in report.baseline.expired)
