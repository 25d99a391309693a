"""A scan to text and Markdown: what is used, by operation, with places; what is unclear, all of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from cozecheck.findings import Outcome, Report
from cozecheck.render.summary import counted
from cozecheck.render.text import Paint, painter
from cozecheck.render.visible import visible
from cozecheck.used import Unclear, Use, UseKind, Uses

MOST_PLACES = 3
WIDEST = 36
OF_CLIENTS = "clients"
"""What uses that belong to no operation are told under."""


def render(report: Report, *, colour: bool = False, width: int = 100) -> str:  # noqa: ARG001 - the form of a summary
    """Tell what was found, a line each."""
    uses, paint = report.uses or Uses(), painter(colour=colour)
    sections = (
        (paint(headline(uses), Outcome.INFO if uses.found else Outcome.WARN),),
        *(tuple(_section(title, own, paint)) for title, own in grouped(uses)),
        tuple(_unclear(uses, paint)),
        tuple(f"note: {visible(note)}" for note in report.notes),
        (last_line(report),),
    )
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def headline(uses: Uses) -> str:
    """Say in a line how much was found."""
    return (
        f"{counted(len(uses.found), 'use')} of {counted(len(uses.operations), 'operation')} "
        f"in {counted(uses.files, 'file')}, {len(uses.unclear)} unclear"
    )


def last_line(report: Report) -> str:
    """Return what a quiet run prints."""
    return f"scan: {headline(report.uses or Uses())}; {report.run.seconds:.1f} s; exit code {report.exit_code}"


def grouped(uses: Uses) -> Iterator[tuple[str, tuple[Use, ...]]]:
    """Yield the uses by operation, then those that belong to none."""
    for operation in dict.fromkeys(each.operation for each in uses.found):
        if operation:
            yield operation, tuple(each for each in uses.found if each.operation == operation)
    rest = tuple(each for each in uses.found if not each.operation)
    if rest:
        yield OF_CLIENTS, rest


def gathered(uses: Iterable[Use]) -> Iterator[tuple[UseKind, str, tuple[Use, ...]]]:
    """Yield each thing once, with every use of it; what an operation is called goes without saying its name again."""
    own = tuple(uses)
    for kind in UseKind:
        for name in sorted({each.name for each in own if each.kind is kind}):
            yield kind, name, tuple(each for each in own if (each.kind, each.name) == (kind, name))


def place(use: Use) -> str:
    """Say where a use stands."""
    return f"{use.file}:{use.line}" if use.line else use.file


def _section(title: str, uses: Sequence[Use], paint: Paint) -> Iterator[str]:
    rows = [(_label(kind, name), own) for kind, name, own in gathered(uses)]
    longest = min(max(len(label) for label, _ in rows), WIDEST)
    yield f"{paint(visible(title), 'bold')}  by {visible(_vias(uses))}"
    for label, own in rows:
        yield f"  {visible(label):<{longest}}  {visible(_places(own))}"


def _label(kind: UseKind, name: str) -> str:
    return "called" if kind is UseKind.OPERATION else str(kind) if name in (kind, "*") else f"{kind} {name}"


def _vias(uses: Iterable[Use]) -> str:
    return ", ".join(sorted({each.via for each in uses}))


def _places(uses: Sequence[Use]) -> str:
    more = f" and {len(uses) - MOST_PLACES} more" if len(uses) > MOST_PLACES else ""
    return f"{', '.join(map(place, uses[:MOST_PLACES]))}{more}"


def _unclear(uses: Uses, paint: Paint) -> Iterator[str]:
    if uses.unclear:
        yield paint(f"unclear: {counted(len(uses.unclear), 'place')}", Outcome.WARN)
    for each in uses.unclear:
        yield f"  {visible(doubted(each))}  {visible(each.why)}"


def doubted(unclear: Unclear) -> str:
    """Say where something is unclear."""
    return f"{unclear.file}:{unclear.line}" if unclear.line else unclear.file


def used(uses: Uses, text: Callable[[str], str]) -> Iterator[str]:
    """Tell it in Markdown; *text* escapes words."""
    yield from (f"### Uses: {text(headline(uses))}", "")
    for title, own in grouped(uses):
        yield from (f"- <code>{text(title)}</code> by {text(_vias(own))}", "  | what | where |", "  | --- | --- |")
        for kind, name, each in gathered(own):
            yield f"  | {text(_label(kind, name))} | {text(_places(each))} |"
    for unclear in uses.unclear:
        yield f"- **unclear** {text(doubted(unclear))}: {text(unclear.why)}"
