"""A fidelity report to text: a line a figure, the reference beside it."""

import textwrap
from collections.abc import Iterator

from cozecheck.findings import CheckResult, Figure, Report
from cozecheck.render.text import Paint, headline, last_line, painter
from cozecheck.render.visible import visible

TITLES = {"fidelity": "whole answers", "fidelity.stream": "streams"}
WIDE = 17
"""Columns of a measure's name."""


def render(report: Report, *, colour: bool = False, width: int = 100) -> str:
    """Tell the figures, whole and streamed, and what falls short, in lines of *width* columns."""
    paint = painter(colour=colour)
    families = (_family(report, family, paint) for family in report.families)
    sections = (
        headline(report, paint),
        *families,
        _departures(report, paint, width),
        (line for note in report.notes for line in _wrapped("note", visible(note), width)),
        (last_line(report, paint),),
    )
    texts = ("\n".join(section) for section in sections)
    return "\n\n".join(text for text in texts if text) + "\n"


def _family(report: Report, family: str, paint: Paint) -> Iterator[str]:
    measured, reference = ({each.id: each for each in some} for some in _figures(report))
    head = f"{TITLES[family]:<{WIDE}}  {'share':>6}  {'95 % interval':>15}  {'of':>6}"
    yield paint(f"{head}  {'reference':>15}" if reference else head, "dim")
    for check in report.checks:
        if check.family == family:
            yield _row(check, measured.get(check.id), reference.get(check.id), paint)


def _figures(report: Report) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    return report.fidelity.figures, report.fidelity.reference


def _row(check: CheckResult, figure: Figure | None, reference: Figure | None, paint: Paint) -> str:
    name = f"{check.id.rpartition('.')[2]:<{WIDE}}"
    if figure is None:
        return f"{name}  {check.reason}"
    line = f"{name}  {figure.value:>6.1%}  {_interval(figure)}  {figure.count:>6,}"
    if reference is None:
        return line
    return f"{line}  {_interval(reference)}  {paint(check.outcome.value, check.outcome)}"


def _interval(figure: Figure) -> str:
    return f"{figure.low:>6.1%} - {figure.high:>6.1%}"


def _departures(report: Report, paint: Paint, width: int) -> Iterator[str]:
    for finding in report.findings:
        yield f"{paint('FAIL', finding.outcome)}  {paint(finding.id, 'bold')}"
        rows = (("", finding.requirement), ("actual", finding.actual), ("expected", finding.expected))
        for label, words in (*rows, ("fix", finding.remedy)):
            yield from _wrapped(label, visible(words), width)


def _wrapped(label: str, words: str, width: int) -> list[str]:
    first = f"      {label:<10}" if label else " " * 6
    return textwrap.wrap(words, width, initial_indent=first, subsequent_indent=" " * len(first))
