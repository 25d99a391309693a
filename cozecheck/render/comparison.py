"""A comparison to text, Markdown, HTML and JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import Any, Final

from cozecheck.compare import Change, Comparison, Row, Tally
from cozecheck.findings import Outcome
from cozecheck.render.page import page, section, wide
from cozecheck.render.summary import counted
from cozecheck.render.text import Paint, painter
from cozecheck.render.visible import cut, visible

MARKS: Final = {Change.NEW: "fail", Change.FIXED: "pass", Change.STILL: "warn", Change.OTHER: "info"}
"""The outcome whose colour a change has."""
NOTHING: Final = "-"


def text(comparison: Comparison, *, colour: bool = False) -> str:
    """Tell family by report, then the checks on which the reports differ or that fail, then what changed."""
    paint = painter(colour=colour)
    sections = (
        _heads(comparison, paint),
        _families(comparison, paint),
        _checks(comparison, paint),
        (changes(comparison),),
    )
    return "\n\n".join("\n".join(line.rstrip() for line in lines) for lines in map(tuple, sections) if lines) + "\n"


def _letters(comparison: Comparison) -> tuple[str, ...]:
    """Return what columns are headed by; `_heads` says which letter is which report."""
    return tuple(_letter(number) for number in range(len(comparison.names)))


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _heads(comparison: Comparison, paint: Paint) -> Iterator[str]:
    for letter, name, report in zip(_letters(comparison), comparison.names, comparison.reports, strict=True):
        style = {0: "pass", 1: "fail", 3: "error"}[report.exit_code]
        yield f"{paint(letter, 'bold')}  {visible(name)}  {paint(report.verdict, style)}  {report.run.started}"


def _families(comparison: Comparison, paint: Paint) -> Iterator[str]:
    first = max((len(visible(family)) for family, _ in comparison.families), default=0)
    yield paint("  ".join((f"{'family':<{first}}", *(f"{each:>7}" for each in _letters(comparison)))), "dim")
    for family, tallies in comparison.families:
        cells = (paint(f"{tally(each):>7}", _style(each)) for each in tallies)
        yield "  ".join((f"{visible(family):<{first}}", *cells))


def tally(found: Tally) -> str:
    """Return `12/14`, the checks that hold of those judged."""
    return f"{found.passed}/{found.judged}" if found.judged else NOTHING


def _style(found: Tally) -> str:
    return "dim" if not found.judged else "pass" if found.passed == found.judged else "fail"


def shown(comparison: Comparison) -> tuple[Row, ...]:
    """Return the checks that are worth a line: the reports differ, or it fails in all of them."""
    return tuple(row for row in comparison.rows if row.differs or row.change is Change.STILL)


def _checks(comparison: Comparison, paint: Paint) -> Iterator[str]:
    rows = shown(comparison)
    first = max((len(visible(row.check)) for row in rows), default=0)
    width = max(map(len, Outcome))
    for row in rows:
        cells = (paint(f"{each or NOTHING:<{width}}", each or "dim") for each in row.outcomes)
        mark = paint(row.change, MARKS[row.change]) if row.change in MARKS else ""
        yield "  ".join((f"{visible(row.check):<{first}}", *cells, mark))


def changes(comparison: Comparison) -> str:
    """Say in a line what changed from the first report to the last."""
    counts = (
        (Change.NEW, "newly fails", "newly fail"),
        (Change.FIXED, "is fixed", "are fixed"),
        (Change.STILL, "still fails", "still fail"),
    )
    said = (_said(len(comparison.of(change)), one, many) for change, one, many in counts)
    last, first = _letters(comparison)[-1], _letters(comparison)[0]
    return f"{last} beside {first}: {', '.join(said)}"


def _said(number: int, one: str, many: str) -> str:
    return f"{counted(number, 'check')} {one if number == 1 else many}"


def markdown(comparison: Comparison) -> str:
    """Return two tables, for a pull request."""
    letters = _letters(comparison)
    lines = [f"### {_cell(changes(comparison))}", ""]
    for letter, name, report in zip(letters, comparison.names, comparison.reports, strict=True):
        lines.append(f"- **{letter}** {_cell(name)}: {report.verdict}, {report.run.started}")
    lines += ["", _row(("family", *letters)), _row(("---", *("---:" for _ in letters)))]
    lines += [_row((_cell(family), *map(tally, tallies))) for family, tallies in comparison.families]
    rows = shown(comparison)
    if rows:
        lines += ["", _row(("check", *letters, "change")), _row(("---",) * (len(letters) + 2))]
        lines += [_row((_cell(row.check), *(each or NOTHING for each in row.outcomes), row.change)) for row in rows]
    return "\n".join(lines) + "\n"


def _cell(words: str) -> str:
    return "".join(f"&#{ord(each)};" if each in "\\`*_[]<>&|~#$@" else each for each in cut(words, 300))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def as_json(comparison: Comparison) -> str:
    """Return it for programs: names, verdicts, families and checks."""
    document: dict[str, Any] = {
        "schema": 1,
        "kind": "comparison",
        "reports": [
            {"name": name, "verdict": report.verdict, "exit_code": report.exit_code, "started": report.run.started}
            for name, report in zip(comparison.names, comparison.reports, strict=True)
        ],
        "families": {
            family: [{"passed": each.passed, "judged": each.judged} for each in tallies]
            for family, tallies in comparison.families
        },
        "checks": [
            {"id": row.check, "level": row.level, "outcomes": row.outcomes, "change": row.change}
            for row in comparison.rows
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def html(comparison: Comparison) -> str:
    """Return a page that stands alone: the matrix by family, then by check."""
    letters = _letters(comparison)
    heads = "".join(f'<th scope="col">{letter}</th>' for letter in letters)
    names = "\n".join(
        f"<li><strong>{letter}</strong> {escape(cut(name, 300))}: {report.verdict}, {report.run.started}</li>"
        for letter, name, report in zip(letters, comparison.names, comparison.reports, strict=True)
    )
    families = "\n".join(
        f'<tr><th scope="row">{escape(visible(family))}</th>{"".join(map(_tally_cell, tallies))}</tr>'
        for family, tallies in comparison.families
    )
    checks = "\n".join(map(_check_row, shown(comparison)))
    head = f'<tr><th scope="col">family</th>{heads}</tr>'
    by_family = f'<table class="matrix">\n<thead>{head}</thead>\n<tbody>\n{families}\n</tbody></table>'
    head = f'<tr><th scope="col">check</th>{heads}<th scope="col">change</th></tr>'
    by_check = f"<table>\n<thead>{head}</thead>\n<tbody>\n{checks}\n</tbody></table>"
    parts = (
        f"<h1>{escape(changes(comparison))}</h1>\n<ul>\n{names}\n</ul>",
        section("Families", (wide(by_family),)),
        section("Checks that differ, or fail in all", (wide(by_check),)),
    )
    return page(changes(comparison), "\n".join(parts))


def _tally_cell(found: Tally) -> str:
    return f'<td class="{_style(found) if found.judged else "none"}">{tally(found)}</td>'


def _check_row(row: Row) -> str:
    cells = "".join(f'<td class="{each or "none"}">{each or NOTHING}</td>' for each in row.outcomes)
    name = f'<th scope="row"><code>{escape(visible(row.check))}</code></th>'
    change = f'<td class="{MARKS.get(row.change, "none")}">{row.change}</td>'
    return f'<tr title="{escape(visible(row.requirement))}">{name}{cells}{change}</tr>'


FORMATS: Mapping[str, Callable[[Comparison], str]] = {
    "text": text,
    "json": as_json,
    "markdown": markdown,
    "html": html,
}
"""Pure functions from a comparison to the text of a file, newline at its end."""
