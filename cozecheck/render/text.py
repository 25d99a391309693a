"""Report to text, for a person at a terminal."""

import textwrap
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from cozecheck.findings import CheckResult, Finding, Report
from cozecheck.render.listing import plain
from cozecheck.render.summary import (
    COLUMNS,
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
from cozecheck.render.visible import cut, visible

Paint = Callable[[str, str], str]
"""Gives a text the colour of an outcome, or of `dim` or `bold`."""

MOST_ACTUAL = 400
MOST_CURL = 2000
MOST_REPLAYED = 1000
MOST_REASONS = 8
"""Reasons of skipped checks that are told."""
MOST_CELL = 60
LABEL = 10
"""Columns of `expected  `, `breaks    `, `fix       `."""

_CODES = {
    "error": "1;35",
    "fail": "1;31",
    "warn": "33",
    "info": "36",
    "pass": "32",
    "bold": "1",
    "dim": "2",
}


def _coloured(text: str, style: str) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style in _CODES else text


def _plain(text: str, _style: str) -> str:
    return text


def painter(*, colour: bool) -> Paint:
    """Return what gives a text its colour, or leaves it plain."""
    return _coloured if colour else _plain


def render(report: Report, *, colour: bool = False, width: int = 100, limit: int = 3) -> str:
    """Tell everything to a person: *limit* examples a check, lines of *width* columns except commands."""
    paint = painter(colour=colour)
    sections = (
        headline(report, paint),
        *_measured(report, paint),
        _table(report, paint),
        _replayed(report, width),
        *(_departures(each, paint, width, limit) for each in departures(report)),
        _hint(report, paint),
        plain(report.checklist, paint, width) if report.checklist else (),
        _reasons(report, paint),
        _skips(report, paint),
        _accepted(report, paint),
        _notes(report, paint, width),
        (last_line(report, paint),),
    )
    texts = ("\n".join(line.rstrip() for line in section) for section in sections)
    return "\n\n".join(text for text in texts if text) + "\n"


def headline(report: Report, paint: Paint) -> Iterator[str]:
    """Yield the verdict, what it rests on, and who came to it."""
    target = report.target
    about = visible(target.base_url or ", ".join(target.files))
    model = f"  model {visible(target.model)}" if target.model else ""
    yield f"{paint(report.verdict.upper(), _style_of(report))}  {paint(about, 'bold')}{model}"
    yield because(report) + (" (interrupted: this is only what came before)" if report.run.interrupted else "")
    tool = report.tool
    version = f"version {tool.version}, contract of openai {tool.openai}"
    yield paint(visible(f"{tool.name} {report.kind}, {version}"), "dim")


def _measured(report: Report, paint: Paint) -> Iterator[Iterator[str]]:
    """Yield the facts and tables of a load, or of a plan."""
    yield (f"{paint(f'{name:<10}', 'dim')}  {visible(words)}" for name, words in facts(report))
    for table in tables(report):
        yield _columns(table, paint)


def _columns(table: Table, paint: Paint) -> Iterator[str]:
    rows = [tuple(cut(cell, MOST_CELL) for cell in row) for row in table.rows]
    widths = [max(map(len, column)) for column in zip(table.head, *rows, strict=True)]
    for number, row in enumerate((table.head, *rows)):
        cells = (
            f"{cell:<{width}}" if column < table.left else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        line = "  ".join(cells)
        yield line if number else paint(line, "dim")


def _style_of(report: Report) -> str:
    return {0: "pass", 1: "fail", 3: "error"}[report.exit_code]


def _table(report: Report, paint: Paint) -> Iterator[str]:
    table = matrix(report)
    if not table.rows:
        return
    first = max(len(visible(name)) for name, _ in (*table.rows, ("family", ())))
    yield paint("  ".join((f"{'family':<{first}}", *table.columns)), "dim")
    for family, cells in table.rows:
        yield "  ".join((f"{visible(family):<{first}}", *_cells(table.columns, cells, paint)))
    yield "  ".join((paint(f"{'all':<{first}}", "bold"), *_cells(table.columns, table.totals, paint)))


def _cells(columns: Iterable[str], cells: Iterable[int], paint: Paint) -> Iterator[str]:
    for column, number in zip(columns, cells, strict=True):
        yield paint(f"{number or '-':>{len(column)}}", column if number else "dim")


def _replayed(report: Report, width: int) -> Iterator[str]:
    for line in replayed(report):
        yield from textwrap.wrap(cut(line, MOST_REPLAYED), width, subsequent_indent="  ", break_on_hyphens=False)


def departure(group: Departures, *, width: int = 100, limit: int = 3) -> str:
    """Tell what departs from one check, without colours."""
    return "\n".join(line.rstrip() for line in _departures(group, _plain, width, limit))


def _departures(group: Departures, paint: Paint, width: int, limit: int) -> Iterator[str]:
    first = group.first
    strength = paint(f"({first.level}, {first.basis}; {group.extent})", "dim")
    yield f"{paint(f'{first.outcome.upper():<5}', first.outcome)} {paint(visible(first.id), 'bold')}  {strength}"
    yield from _wrapped("", first.requirement, width, indent=6)
    shown = group.examples(limit)
    for number, finding in enumerate(shown):
        yield ""
        yield from _example(finding, paint, width)
        if not number:
            yield from _command(finding, paint)
    if len(group.findings) > len(shown):
        yield ""
        yield paint(f"      and {len(group.findings) - len(shown):,} more of these", "dim")
    yield ""
    for number, words in enumerate(first.breaks):
        yield from _wrapped(" " if number else "breaks", words, width, indent=6, paint=paint)
    yield from _wrapped("fix", first.remedy, width, indent=6, paint=paint)
    yield from _wrapped("see", "; ".join(filter(None, (first.cite, *first.evidence))), width, indent=6, paint=paint)


def _example(finding: Finding, paint: Paint, width: int) -> Iterator[str]:
    if where := place(finding):
        yield f"      {visible(where)}"
    yield from _wrapped("expected", cut(finding.expected, MOST_ACTUAL), width, indent=8, paint=paint)
    yield from _wrapped("actual", cut(finding.actual, MOST_ACTUAL), width, indent=8, paint=paint)
    yield from _wrapped("sdk", finding.sdk, width, indent=8, paint=paint)
    yield from _wrapped("your code", cut(", ".join(finding.code), MOST_ACTUAL), width, indent=8, paint=paint)


def _command(finding: Finding, paint: Paint) -> Iterator[str]:
    """Yield the line that shows it again: one is enough for a check."""
    if len(finding.curl) > MOST_CURL:
        yield f"        {paint('curl', 'dim')}      {len(finding.curl):,} characters: see the JSON report"
    elif finding.curl:
        yield f"        {visible(finding.curl)}"


def _wrapped(label: str, words: str, width: int, *, indent: int, paint: Paint = _plain) -> Iterator[str]:
    """Yield *words* under one another, the *label* before the first line; nothing for no words."""
    margin = indent + (LABEL if label else 0)
    from_target = label in ("expected", "actual", "sdk")  # may be one endless word; a citation is to be copied whole
    lines = textwrap.wrap(visible(words), max(20, width - margin), break_on_hyphens=False, break_long_words=from_target)
    for number, line in enumerate(lines):
        before = paint(f"{label:<{LABEL}}", "dim") if label and not number else " " * (margin - indent)
        yield " " * indent + before + line


def _hint(report: Report, paint: Paint) -> Iterator[str]:
    known = (
        group for group in departures(report) if not group.first.id.startswith("load.")
    )  # those explain themselves
    for group in islice(known, 1):
        yield paint(f"cozecheck explain {visible(group.first.id)}", "bold") + " tells the whole story of a check."


def _reasons(report: Report, paint: Paint) -> Iterator[str]:
    checks = unsettled(report)
    longest = max((len(check.id) for check in checks), default=0)
    for check in checks:
        reason = cut(check.reason, MOST_ACTUAL)
        yield f"{paint(f'{check.outcome:<12}', check.outcome)}  {visible(check.id):<{longest}}  {reason}"


def _skips(report: Report, paint: Paint) -> Iterator[str]:
    groups = skips(report)
    if groups:
        number = sum(len(checks) for _, checks in groups)
        yield f"{paint('skipped', 'bold')}: {counted(number, 'check')}"
    for reason, checks in groups[:MOST_REASONS]:
        yield f"{len(checks):>5}  {cut(reason, MOST_ACTUAL)}{_only(checks)}"
    if rest := sum(len(checks) for _, checks in groups[MOST_REASONS:]):
        yield f"{rest:>5}  for other reasons: every other report lists them"


def _only(checks: tuple[CheckResult, ...]) -> str:
    return f" ({visible(checks[0].id)})" if len(checks) == 1 else ""


def _accepted(report: Report, paint: Paint) -> Iterator[str]:
    for group in departures(report, baselined=True):
        first = group.first
        yield f"{paint(f'baselined  {first.outcome:<4}', 'dim')}  {visible(first.id)}  {paint(group.extent, 'dim')}"
    for entry in report.baseline.stale:
        yield f"{paint('stale    ', 'fail')}  {visible(entry)}: no departure matches it any more, take it out"
    for entry in report.baseline.expired:
        yield f"{paint('expired  ', 'fail')}  {visible(entry)}: it covers nothing any more, mend it or decide again"


def _notes(report: Report, paint: Paint, width: int) -> Iterator[str]:
    for note in report.notes:
        yield from _wrapped("note", note, width, indent=0, paint=paint)


def last_line(report: Report, paint: Paint) -> str:
    """Return the whole run in one line."""
    counts = [f"{report.counts[outcome]:,} {outcome}" for outcome in COLUMNS if report.counts[outcome]]
    baselined = sum(check.baselined for check in report.checks)
    accepted = f", of which {baselined:,} baselined" if baselined else ""
    verdict = paint(report.verdict, _style_of(report))
    return f"{verdict}: {', '.join(counts) or 'no check'}{accepted}; {spent(report)}; exit code {report.exit_code}"
