"""The checklist and the uses of a code base, as parts of a page."""

import re
from collections.abc import Iterator, Sequence

from cozecheck.listed import Checklist, Impact, Item, State
from cozecheck.render.listing import counts, sections
from cozecheck.render.page import badge, items, section, text, wide
from cozecheck.render.scanned import doubted, gathered, grouped, headline, place
from cozecheck.used import Use, UseKind, Uses


def prose(words: str) -> str:
    """Escape, but for `code` in backticks."""
    return re.sub(r"`(.*?)`", r"<code>\1</code>", text(words))


def checklist(found: Checklist) -> Iterator[str]:
    """Yield the items by section, who breaks, and the classics."""
    parts = (part for title, own in sections(found.items) for part in (f"<h3>{text(title)}</h3>", *map(_item, own)))
    yield section(f"Checklist: {counts(found)}", parts, id="checklist")
    yield section("Who breaks", (_impacts(found.impacts),) if found.impacts else ())
    for diagnosis in found.diagnoses:
        yield section(f"{text(diagnosis.symptom)}?", items(map(prose, diagnosis.told)))


def _item(item: Item) -> str:
    how = f'<p class="strength">settle it: {prose(item.how)}</p>' if item.state in (State.UNMET, State.UNKNOWN) else ""
    return f"""<div class="item {item.state}" id="item-{text(item.id)}" data-outcome="{item.state}">{badge(item.state)}
<p>{prose(item.title)}</p><p class="strength"><code>{text(item.id)}</code> {text(item.why)}</p>{how}</div>"""


def _impacts(found: Sequence[Impact]) -> str:
    rows = "\n".join(map(_impact, found))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("client", "fails", "fix", "others met it"))
    return wide(f"<table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table>")


def _impact(impact: Impact) -> str:
    checks = (f"<code>{text(id)}</code>" for id in impact.checks)
    cells = (checks, map(prose, impact.remedies), map(text, impact.evidence))
    columns = "".join(f"<td>{'<br>'.join(lines)}</td>" for lines in cells)
    return f'<tr><th scope="row">{prose(impact.client)}</th>{columns}</tr>'


def uses(found: Uses) -> Iterator[str]:
    """Yield what is used by operation, and what is unclear."""
    tables = (_used(title, own) for title, own in grouped(found))
    unclear = (f"{badge('unknown')} <code>{text(doubted(each))}</code> {text(each.why)}" for each in found.unclear)
    yield section(f"Uses: {headline(found)}", (*tables, *items(unclear)), id="uses")


def _used(title: str, own: Sequence[Use]) -> str:
    rows = "\n".join(_row(kind, name, each) for kind, name, each in gathered(own))
    table = wide(f"<table>\n<tbody>{rows}</tbody></table>")
    return f'<details class="item-uses"><summary><code>{text(title)}</code></summary>{table}</details>'


def _row(kind: UseKind, name: str, own: Sequence[Use]) -> str:
    places = "<br>".join(f"<code>{text(place(each))}</code>" for each in own)
    return f'<tr><th scope="row">{kind}</th><td>{text(name)}</td><td>{places}</td></tr>'
