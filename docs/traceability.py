"""Page: known incompatibilities to checks, and what is not checked."""

import tomllib
from importlib.resources import files
from typing import Any

from cozecheck.checks.successors import current
from docs.markdown import code, prose, table

HEAD = """\
# Traceability

Every check names its source: see [checks](checks.md). This page goes the other way: from what has broken clients
before to the checks that find it, and to what is not checked.
"""
ROWS = """
## Known incompatibilities

Gathered from public issues of servers, gateways and clients before the checks were written.
"""
GAPS = """
## What is knowingly not checked
"""


def entries(name: str, key: str) -> list[dict[str, Any]]:
    """Read the entries under *key* of a data file of cozecheck."""
    found: list[dict[str, Any]] = tomllib.loads(files("cozecheck").joinpath(f"data/{name}").read_text("utf-8"))[key]
    return found


def page() -> str:
    """Write the page."""
    rows = [
        (row["number"], prose(row["symptom"]), code(map(current, row.get("checks", ()))) or prose(row["reason"]))
        for row in entries("catalogue.toml", "row")
    ]
    gaps = [[prose(gap[key]) for key in ("what", "reason", "source")] for gap in entries("not_checked.toml", "gap")]
    known = table(("", "symptom", "found by"), rows)
    unknown = table(("what", "why not", "source"), gaps)
    return "\n".join((HEAD, ROWS, *known, GAPS, *unknown, ""))
