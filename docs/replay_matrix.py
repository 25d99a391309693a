"""Page: every flaw, and what a replay of the golden set says of it."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cozecheck.diff import RULES
from docs.markdown import code, prose, table
from reference_server.flaws import FLAWS

TABLE: Mapping[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "tests" / "replay" / "shown.toml").read_text("utf-8")
)
BREAKING, CHANGED, HIDDEN = TABLE["breaking"], TABLE["changed"], TABLE["hidden"]
UNSEEN = sum(len(each["flaws"]) for each in HIDDEN)
HEAD = f"""\
# What a replay shows

[The kill matrix](kill-matrix.md) plays scenarios that were made to draw out what is wrong. A replay has recordings,
and holds the answers beside them. How much does it see? Of the {len(FLAWS)} flaws of the bundled server, the golden set

- shows {len(BREAKING)} as breaking, by a rule that says what breaks;
- shows {len(CHANGED)} as changed or cosmetic: they trouble few, or the API leaves it open;
- cannot show {UNSEEN}; why not, stands below.

`tests/replay/test_flaws_shown.py` replays it, flaw by flaw, and demands just this; the clean server shows none of it.
The checks, which judge every answer of a replay as well, see more: these are the rules of differences. See one for
yourself: `cozecheck replay --flaw stream-no-done`.
"""


def page() -> str:
    """Write the page."""
    return "\n".join(
        (HEAD, *_shown("Breaking", BREAKING), *_shown("Changed, or cosmetic", CHANGED), *_hidden(), *_rules())
    )


def _shown(title: str, rows: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {title}: {len(rows)}\n"
    cells = (
        (code([flaw]), prose(FLAWS[flaw].summary), code(row["rules"]), code([row["by"]])) for flaw, row in rows.items()
    )
    yield from table(("flaw", "what is wrong", "rules, after `diff.`", "shown by"), cells)
    yield ""


def _hidden() -> Iterator[str]:
    yield f"## Not shown: {UNSEEN}\n"
    cells = ((prose(each["reason"]), len(each["flaws"]), code(each["flaws"])) for each in HIDDEN)
    yield from table(("why", "flaws", "which"), cells)
    yield ""


def _rules() -> Iterator[str]:
    yield f"## {len(RULES)} rules\n"
    cells = (
        (code([rule.id]), rule.severity, prose(rule.requirement or rule.reason), code(_flaws(rule.id)))
        for rule in RULES.values()
    )
    yield from table(("rule", "severity", "what holds without such a difference", "flaws that it names"), cells)
    yield ""


def _flaws(rule: str) -> Iterator[str]:
    rows = {**BREAKING, **CHANGED}
    return (flaw for flaw, row in rows.items() if rule.removeprefix("diff.") in row["rules"])
