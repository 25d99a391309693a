"""Report to one HTML file: no script, no network, dark and light."""

import re
from collections.abc import Iterable, Iterator
from html import escape

from cozecheck.findings import CheckResult, Finding, Outcome, Report
from cozecheck.render.plots import plots
from cozecheck.render.style import shipped
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

MOST_ACTUAL = 4000
EXAMPLES = 3
"""Findings of one check that are shown; the JSON report has all."""


def render(report: Report) -> str:
    """Return the report as a page that stands alone; all text in it is escaped."""
    title = f"{report.verdict}: {_about(report)}"
    table, checks = (_table(report), _all_checks(report)) if report.checks else ("", "")
    body = "\n".join((_head(report), *_measured(report), table, *_sections(report), checks))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{_text(title)}</title>
<style>{shipped("style.css")}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _text(words: str, most: int = MOST_ACTUAL) -> str:
    return escape(cut(words, most))


def _prose(words: str) -> str:
    """Escape, but for `code` in backticks."""
    return re.sub(r"`(.*?)`", r"<code>\1</code>", _text(words))


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
<h1>{_text(report.verdict)}</h1>
<p>{_text(because(report))}{interrupted}</p>
<dl>{"".join(f"<div><dt>{name}</dt><dd>{_text(value)}</dd></div>" for name, value in rows)}</dl>
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
    words = "".join(
        f"<div><dt>{each.metric}</dt><dd>{_text(each.words)}</dd></div>" for each in report.load.definitions
    )
    told = f"<details><summary>definitions</summary><dl>{words}</dl></details>"
    yield f"<section><h2>What is measured</h2>{told}</section>"


def _measures(table: Table) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in table.head)
    rows = "\n".join(f"<tr>{''.join(_column(table, *each) for each in enumerate(row))}</tr>" for row in table.rows)
    return f"""<section><h2>{table.title}</h2>
<div class="wide"><table class="measures">
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody></table></div></section>"""


def _column(table: Table, number: int, cell: str) -> str:
    if table.head[number] == "outcome":
        return f'<td class="{cell}">{_text(cell)}</td>'
    return f"<td>{_text(cell)}</td>" if number < table.left else f'<td class="number">{_text(cell)}</td>'


def _table(report: Report) -> str:
    table = matrix(report)
    head = "".join(f'<th scope="col">{column}</th>' for column in table.columns)
    rows = (*((_text(family), cells) for family, cells in table.rows), ("all", table.totals))
    body = "\n".join(f'<tr><th scope="row">{name}</th>{_cells(table.columns, cells)}</tr>' for name, cells in rows)
    return f"""<section><h2>Compatibility</h2>
<div class="wide"><table class="matrix">
<thead><tr><th scope="col">family</th>{head}</tr></thead>
<tbody>
{body}
</tbody></table></div></section>"""


def _cells(columns: Iterable[str], cells: Iterable[int]) -> str:
    pairs = zip(columns, cells, strict=True)
    return "".join(f'<td class="{name if number else "none"}">{number or "-"}</td>' for name, number in pairs)


def _sections(report: Report) -> Iterator[str]:
    settled = (
        f"{_badge(each.outcome)} <code>{_text(each.id)}</code> {_text(each.reason)}" for each in unsettled(report)
    )
    skipped = (f"{counted(len(checks), 'check')}: {_text(reason)}" for reason, checks in skips(report))
    if report.kind == "replay":
        yield _section("Replayed", _items(map(_text, replayed(report))))
    yield _section("Departures", map(_article, departures(report)))
    yield _section("Baselined", (*map(_article, departures(report, baselined=True)), *_baseline(report)))
    yield _section("Not settled", _items(settled))
    yield _section("Skipped", _items(skipped))
    yield _section("Notes", _items(map(_text, report.notes)))


def _section(title: str, parts: Iterable[str]) -> str:
    inside = "\n".join(parts)
    return f"<section><h2>{title}</h2>\n{inside}\n</section>" if inside else ""


def _items(items: Iterable[str]) -> tuple[str, ...]:
    lines = tuple(f"<li>{item}</li>" for item in items)
    return ("<ul>", *lines, "</ul>") if lines else ()


def _badge(outcome: str) -> str:
    return f'<span class="badge {outcome}">{outcome}</span>'


def _article(group: Departures) -> str:
    first = group.first
    shown = group.examples(EXAMPLES)
    more = len(group.findings) - len(shown)
    opened = " open" if first.outcome is Outcome.FAIL and not first.baselined else ""
    return f"""<details class="check" id="{_text(first.id)}"{opened}>
<summary>{_badge(first.outcome)} <code>{_text(first.id)}</code>
<span class="strength">{first.level}, {first.basis}; {group.extent}</span>
<span class="requirement">{_prose(first.requirement)}</span></summary>
{"".join(map(_example, shown))}
{f"<p>and {more:,} more in the JSON report</p>" if more else ""}
<dl>{"".join(_explanation(first))}</dl>
</details>"""


def _example(finding: Finding) -> str:
    sdk = f"<p>The official client {_text(finding.sdk)}.</p>" if finding.sdk else ""
    curl = f'<pre class="curl">{_text(finding.curl)}</pre>' if finding.curl else ""
    return f"""<div class="example"><p class="place">{_text(place(finding))}</p>
<div class="pair"><div><h4>expected</h4><pre>{_text(finding.expected)}</pre></div>
<div><h4>actual</h4><pre>{_text(finding.actual)}</pre></div></div>
{sdk}{curl}</div>"""


def _explanation(finding: Finding) -> Iterator[str]:
    rows = (
        *(("breaks", words) for words in finding.breaks),
        ("fix", finding.remedy),
        ("requirement", finding.cite),
        *(("evidence", words) for words in finding.evidence),
    )
    yield from (f"<div><dt>{name}</dt><dd>{_prose(words)}</dd></div>" for name, words in rows if words)


def _baseline(report: Report) -> tuple[str, ...]:
    stale = (f"{_badge('stale')} {_text(entry)}: no departure matches it" for entry in report.baseline.stale)
    expired = (f"{_badge('expired')} {_text(entry)}" for entry in report.baseline.expired)
    return _items((*stale, *expired))


def _all_checks(report: Report) -> str:
    rows = "\n".join(map(_check_row, report.checks))
    return f"""<section><h2>All checks</h2>
<details><summary>{counted(len(report.checks), "check")}</summary>
<div class="wide"><table>
<thead><tr><th scope="col">outcome</th><th scope="col">check</th><th scope="col">requirement</th></tr></thead>
<tbody>
{rows}
</tbody></table></div></details></section>"""


def _check_row(check: CheckResult) -> str:
    reason = f'<br><span class="strength">{_text(check.reason)}</span>' if check.reason else ""
    return (
        f"<tr><td>{_badge(check.outcome)}</td><td><code>{_text(check.id)}</code></td>"
        f"<td>{_prose(check.requirement)}{reason}</td></tr>"
    )
