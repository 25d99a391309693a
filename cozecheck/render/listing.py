"""The checklist in words: what every format tells of it."""

import textwrap
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from cozecheck.listed import Checklist, Item, State
from cozecheck.render.visible import cut, visible

Paint = Callable[[str, str], str]

MOST_WORDS = 600
INDENT = 10
STYLES = {State.UNMET: "fail", State.UNKNOWN: "warn", State.MET: "pass", State.SIGNED: "info"}
"""The outcome whose colour a state has."""
OPEN = (State.UNMET, State.UNKNOWN)


def counts(checklist: Checklist) -> str:
    """Say how many items stand how."""
    return ", ".join(f"{number} {state}" for state, number in checklist.counts.items() if number)


def sections(items: Iterable[Item]) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """Yield the items by section, in the order of a migration."""
    for section, own in groupby(items, key=lambda item: item.section):
        yield section, tuple(own)


def plain(checklist: Checklist, paint: Paint, width: int) -> Iterator[str]:
    """Tell it at a terminal: what is open in full, the rest by its ids, then who breaks, and the classics."""
    yield f"{paint('checklist', 'bold')}: {counts(checklist)}"
    for item in (item for state in OPEN for item in checklist.items if item.state is state):
        yield f"{paint(f'{item.state:<{INDENT}}', STYLES[item.state])}{paint(item.id, 'bold')}  {visible(item.title)}"
        yield from _under(item.why, width)
        if item.state is State.UNMET:
            yield from _under(f"settle it: {item.how}", width)
    for state in (State.MET, State.SIGNED):
        ids = ", ".join(item.id for item in checklist.items if item.state is state)
        lines = textwrap.wrap(ids, max(20, width - INDENT), break_on_hyphens=False)
        yield from (
            f"{paint(f'{state:<{INDENT}}', STYLES[state]) if not number else ' ' * INDENT}{line}"
            for number, line in enumerate(lines)
        )
    for impact in checklist.impacts:
        yield f"{paint('breaks', 'bold'):<{INDENT}}    {visible(impact.client)}: {', '.join(impact.checks)}"
    for diagnosis in checklist.diagnoses:
        yield f"{paint(diagnosis.symptom, 'bold')}?"
        for line in diagnosis.told:
            yield from _under(line, width)


def _under(words: str, width: int) -> Iterator[str]:
    for line in textwrap.wrap(cut(words, MOST_WORDS), max(20, width - INDENT), break_on_hyphens=False):
        yield " " * INDENT + line


Escape = Callable[[str], str]


def boxes(checklist: Checklist, text: Escape, prose: Escape) -> Iterator[str]:
    """Tell it in Markdown, a task box an item; *text* escapes words, *prose* those with `code` in them."""
    yield from (f"### Checklist: {counts(checklist)}", "")
    for section, items in sections(checklist.items):
        yield f"- **{text(section)}**"
        for item in items:
            mark = " " if item.state in OPEN else "x"
            yield f"  - [{mark}] {item.state} <code>{text(item.id)}</code> {prose(item.title)} *{text(item.why)}*"
            if item.state is State.UNMET:
                yield f"    - settle it: {prose(item.how)}"
    if checklist.impacts:
        yield from ("", "### Who breaks", "", "| client | checks | fix | others met it |", "| --- | --- | --- | --- |")
    for impact in checklist.impacts:
        cells = (impact.client, ", ".join(impact.checks), "; ".join(impact.remedies), ", ".join(impact.evidence))
        yield f"| {' | '.join(map(prose, cells))} |"
    for diagnosis in checklist.diagnoses:
        yield from ("", f"### {text(diagnosis.symptom)}", "")
        yield from (f"- {prose(line)}" for line in diagnosis.told)
