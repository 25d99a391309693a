"""Report to one HTML file: no network, dark and light, searched and filtered by keyboard."""

from collections.abc import Iterable, Iterator

from cozecheck.findings import CheckResult, Finding, Outcome, Report
from cozecheck.render.boards import checklist, prose, uses
from cozecheck.render.page import OUTCOMES, badge, items, page, section, text, toolbar, wide
from cozecheck.render.plots import plots
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

EXAMPLES = 3
"""Findings of one check that are shown; the JSON report has all."""


def render(report: Report) -> str:
    """Return the report as a page that stands alone; all text in it is escaped."""
    table, checks = (_table(report), _all_checks(report)) if report.checks else ("", "")
    outcomes = [each for each in OUTCOMES if any(finding.outcome.value == each for finding in report.findings)]
    tools = toolbar(outcomes)
    boards = checklist(report.checklist) if report.checklist else ()
    used = uses(report.uses) if report.uses else ()
    parts = (
        _head(report),
        tools,
        *_measured(report),
        table,
        _departed(report),
        *boards,
        *_sections(report),
        *used,
        checks,
    )
    body = "\n".join(filter(None, parts))
    return page(f"{report.verdict}: {_about(report)}", body, tools=tools)


def _about(report: Report) -> str:
    return " ".join(filter(None, (report.target.base_url or ", ".join(report.target.files), report.target.model)))


def _head(report: Report) -> str:
    run, tool = report.run, report.tool
    rows = (
        ("target", _about(report)),
        ("run", f"{run.started}, seed {run.seed}"),
        ("spent", spent(report)),
        ("judged by", f"{tool.name} {report.kind}, version {tool.version}, contract of openai {tool.openai}"),
        ("exit code", str(report.exit_code)),
        *facts(report),
    )
    interrupted = "; interrupted, this is only what came before" if run.interrupted else ""
    return f"""<header class="verdict exit{report.exit_code}">
<h1>{text(report.verdict)}</h1>
<p>{text(because(report))}{interrupted}</p>
<dl>{"".join(f"<div><dt>{name}</dt><dd>{text(value)}</dd></div>" for name, value in rows)}</dl>
</header>"""


def _measured(report: Report) -> Iterator[str]:
    """Yield the plots and tables of a load."""
    if report.load is None:
        return
    shown = tuple(map(_measures, tables(report)))
    drawn = "\n".join(
        f"<figure><figcaption>{plot.title}</figcaption>{plot.svg}</figure>" for plot in plots(report.load)
    )
    yield from shown[:1]
    yield f"<section><h2>Over time</h2>\n{drawn}\n</section>" if drawn else ""
    yield from shown[1:]
    words = "".join(f"<div><dt>{each.metric}</dt><dd>{text(each.words)}</dd></div>" for each in report.load.definitions)
    told = f"<details><summary>definitions</summary><dl>{words}</dl></details>"
    yield f"<section><h2>What is measured</h2>{told}</section>"


def _measures(table: Table) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in table.head)
    rows = "\n".join(f"<tr>{''.join(_column(table, *each) for each in enumerate(row))}</tr>" for row in table.rows)
    inside = f'<table class="measures">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>'
    return section(table.title, (wide(inside),))


def _column(table: Table, number: int, cell: str) -> str:
    if table.head[number] == "outcome":
        return f'<td class="{cell}">{text(cell)}</td>'
    return f"<td>{text(cell)}</td>" if number < table.left else f'<td class="number">{text(cell)}</td>'


def _table(report: Report) -> str:
    table = matrix(report)
    head = "".join(f'<th scope="col">{column}</th>' for column in table.columns)
    rows = (*((text(family), cells) for family, cells in table.rows), ("all", table.totals))
    body = "\n".join(f'<tr><th scope="row">{name}</th>{_cells(table.columns, cells)}</tr>' for name, cells in rows)
    heads = f'<tr><th scope="col">family</th>{head}</tr>'
    inside = f'<table class="matrix">\n<thead>{heads}</thead>\n<tbody>\n{body}\n</tbody></table>'
    return section("Compatibility", (wide(inside),))


def _cells(columns: Iterable[str], cells: Iterable[int]) -> str:
    pairs = zip(columns, cells, strict=True)
    return "".join(f'<td class="{name if number else "none"}">{number or "-"}</td>' for name, number in pairs)


def _departed(report: Report) -> str:
    return section("Departures", map(_article, departures(report)), id="departures")


def _sections(report: Report) -> Iterator[str]:
    settled = (f"{badge(each.outcome)} <code>{text(each.id)}</code> {text(each.reason)}" for each in unsettled(report))
    skipped = (f"{counted(len(checks), 'check')}: {text(reason)}" for reason, checks in skips(report))
    yield section("Replayed", items(map(text, replayed(report))))
    yield section("Baselined", (*map(_article, departures(report, baselined=True)), *_baseline(report)))
    yield section("Not settled", items(settled))
    yield section("Skipped", items(skipped))
    yield section("Notes", items(map(text, report.notes)))


def _article(group: Departures) -> str:
    first = group.first
    shown = group.examples(EXAMPLES)
    more = len(group.findings) - len(shown)
    opened = " open" if first.outcome is Outcome.FAIL and not first.baselined else ""
    return f"""<details class="check" id="{text(first.id)}" data-outcome="{first.outcome}"{opened}>
<summary>{badge(first.outcome)} <code>{text(first.id)}</code>
<span class="strength">{first.level}, {first.basis}; {group.extent}</span>
<span class="requirement">{prose(first.requirement)}</span></summary>
{"".join(map(_example, shown))}
{f"<p>and {more:,} more in the JSON report</p>" if more else ""}
<dl>{"".join(_explanation(first))}</dl>
</details>"""


def _example(finding: Finding) -> str:
    sdk = f"<p>The official client {text(finding.sdk)}.</p>" if finding.sdk else ""
    places = ", ".join(f"<code>{text(each)}</code>" for each in finding.code)
    code = f"<p>Your code relies on it: {places}</p>" if places else ""
    curl = (
        f'<div class="command"><pre class="curl" tabindex="0">{text(finding.curl)}</pre></div>' if finding.curl else ""
    )
    return f"""<div class="example"><p class="place">{text(place(finding))}</p>
<div class="pair"><div><h3>expected</h3><pre tabindex="0">{text(finding.expected)}</pre></div>
<div><h3>actual</h3><pre tabindex="0">{text(finding.actual)}</pre></div></div>
{sdk}{code}{curl}</div>"""


def _explanation(finding: Finding) -> Iterator[str]:
    rows = (
        *(("breaks", words) for words in finding.breaks),
        ("fix", finding.remedy),
        ("requirement", finding.cite),
        *(("evidence", words) for words in finding.evidence),
    )
    yield from (f"<div><dt>{name}</dt><dd>{prose(words)}</dd></div>" for name, words in rows if words)


def _baseline(report: Report) -> tuple[str, ...]:
    stale = (f"{badge('stale')} {text(entry)}: no departure matches it" for entry in report.baseline.stale)
    expired = (f"{badge('expired')} {text(entry)}" for entry in report.baseline.expired)
    return items((*stale, *expired))


def _all_checks(report: Report) -> str:
    rows = "\n".join(map(_check_row, report.checks))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("outcome", "check", "requirement"))
    inside = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
    return f"""<section><h2>All checks</h2>
<details><summary>{counted(len(report.checks), "check")}</summary>
{wide(inside)}</details></section>"""


def _check_row(check: CheckResult) -> str:
    reason = f'<br><span class="strength">{text(check.reason)}</span>' if check.reason else ""
    return (
        f"<tr><td>{badge(check.outcome)}</td><td><code>{text(check.id)}</code></td>"
        f"<td>{prose(check.requirement)}{reason}</td></tr>"
    )
