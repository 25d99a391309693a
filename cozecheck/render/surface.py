"""A surface report to text: a line an operation."""

from collections.abc import Iterator

from cozecheck.findings import Outcome, Report
from cozecheck.render.text import Paint, headline, last_line, painter
from cozecheck.render.visible import visible

WORDS = {
    Outcome.PASS: "has",
    Outcome.UNSUPPORTED: "refuses",
    Outcome.FAIL: "mishandles",
    Outcome.INCONCLUSIVE: "unclear",
}
MARGIN = 4
NARROWEST = 20


def render(report: Report, *, colour: bool = False, width: int = 100) -> str:
    """Tell how the target stands to each operation, in lines of *width* columns."""
    paint = painter(colour=colour)
    sections = (
        headline(report, paint),
        _table(report, paint, width),
        _counts(report, paint),
        (last_line(report, paint),),
    )
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _table(report: Report, paint: Paint, width: int) -> Iterator[str]:
    names = [check.requirement.partition(" ")[0] for check in report.checks]
    longest = max(map(len, names), default=0)
    room = max(NARROWEST, width - longest - len("mishandles") - MARGIN)
    for check, name in zip(report.checks, names, strict=True):
        word = WORDS[check.outcome]
        yield f"{paint(f'{word:<10}', check.outcome)}  {name:<{longest}}  {_short(check.reason, room)}".rstrip()


def _short(words: str, room: int) -> str:
    line = visible(words)
    return line if len(line) <= room else f"{line[: room - 1]}…"


def _counts(report: Report, paint: Paint) -> Iterator[str]:
    for outcome, word in WORDS.items():
        yield f"{paint(f'{report.counts[outcome]:>5}', outcome)} {word}"
