"""A scan to text: what is used, by operation, with places; what is unclear, all of it."""

from collections.abc import Iterable, Iterator, Sequence

from cozecheck.findings import Outcome, Report
from cozecheck.render.summary import counted
from cozecheck.render.text import Paint, painter
from cozecheck.render.visible import visible
from cozecheck.used import Use, UseKind, Uses

MOST_PLACES = 3
WIDEST = 36
OF_CLIENTS = "clients"
"""What uses that belong to no operation are told under."""


def render(report: Report, *, colour: bool = False, width: int = 100) -> str:
    """Tell what was found, in lines of *width* columns at most."""
    uses, paint = report.uses or Uses(), painter(colour=colour)
    sections = (
        (paint(headline(uses), Outcome.INFO if uses.found else Outcome.WARN),),
        *(tuple(_section(title, own, paint, width)) for title, own in grouped(uses)),
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


def _section(title: str, uses: Sequence[Use], paint: Paint, width: int) -> Iterator[str]:
    vias = ", ".join(sorted({each.via for each in uses}))
    yield f"{paint(visible(title), Outcome.PASS)}  by {visible(vias)}"
    for kind, name, own in gathered(uses):
        told = "called" if kind is UseKind.OPERATION else f"{kind} {visible(name)}"
        more = f" and {len(own) - MOST_PLACES} more" if len(own) > MOST_PLACES else ""
        places = f"{', '.join(visible(place(each)) for each in own[:MOST_PLACES])}{more}"
        yield f"  {told:<{WIDEST}}  {places}"[: max(width, WIDEST * 2)].rstrip()


def _unclear(uses: Uses, paint: Paint) -> Iterator[str]:
    if uses.unclear:
        yield paint(f"unclear: {counted(len(uses.unclear), 'place')}", Outcome.WARN)
    for each in uses.unclear:
        where = f"{each.file}:{each.line}" if each.line else each.file
        yield f"  {visible(where)}  {visible(each.why)}"
