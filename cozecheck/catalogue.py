"""What there is: checks, scenarios, families, profiles, flaws, operations, items of the checklist."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cozecheck import bundled, scenarios
from cozecheck.checklist import entries
from cozecheck.checks import ALL
from cozecheck.checks.registry import FAMILIES
from cozecheck.load.profiles import shipped
from cozecheck.profiles import choose, profiles
from cozecheck.scenarios import Subject
from cozecheck.sdk import discovered

Row = dict[str, Any]


def _checks() -> list[Row]:
    return [
        {"id": each.id, "level": each.level.value, "basis": each.basis.value, "requirement": each.requirement}
        for each in ALL
    ]


def _scenarios() -> list[Row]:
    plans = {each.id: len(each.plan(Subject("model"))) for each in scenarios.ALL}
    return [{"id": each.id, "requests": plans[each.id], "summary": each.summary} for each in scenarios.ALL]


def _families() -> list[Row]:
    counts = Counter(each.family for each in ALL)
    return [{"family": family, "checks": counts[family]} for family in FAMILIES]


def _profiles() -> list[Row]:
    """Selections of checks, then loads: one word, two commands, so each says what it is for."""
    selections = (
        {
            "name": each.name,
            "use": f"--profile {each.name}",
            "checks": len(choose(ALL, each, (), ())),
            "summary": each.summary,
        }
        for each in profiles().values()
    )
    loads = (
        {"name": each.name, "use": f"load {each.name}", "checks": None, "summary": each.summary} for each in shipped()
    )
    return [*selections, *loads]


def _flaws() -> list[Row]:
    return [
        {"name": each["name"], "fails": ", ".join(each["fails"]), "summary": each["summary"]}
        for each in json.loads(bundled.flaws())
    ]


def _operations() -> list[Row]:
    return [{"name": each.name, "method": each.method, "path": each.path} for each in discovered()]


def _checklist() -> list[Row]:
    return [{"item": each.id, "section": each.section, "title": each.title} for each in entries()]


_LISTS: Mapping[str, Callable[[], list[Row]]] = {
    "checks": _checks,
    "scenarios": _scenarios,
    "families": _families,
    "profiles": _profiles,
    "flaws": _flaws,
    "operations": _operations,
    "checklist": _checklist,
}


def rows(kind: str) -> list[Row]:
    """Return what there is of *kind*, a row each, the name first."""
    return _LISTS[kind]()


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Lay rows out in columns."""
    if not rows:
        return
    keys = list(rows[0])
    lines = [["-" if row[key] is None else str(row[key]) for key in keys] for row in rows]
    widths = [max(map(len, column)) for column in list(zip(*lines, strict=True))[:-1]]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=False))
        yield "  ".join((*cells, line[-1]))
