"""`cozecheck list KIND`."""

from enum import StrEnum
from typing import Annotated

import typer


class Kind(StrEnum):
    """What can be listed."""

    CHECKS = "checks"
    SCENARIOS = "scenarios"
    FAMILIES = "families"
    PROFILES = "profiles"
    FLAWS = "flaws"
    OPERATIONS = "operations"


def list_(
    kind: Annotated[Kind, typer.Argument(help="What to list.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List checks, scenarios, families, profiles, flaws or operations."""
    import json

    from cozecheck import catalogue

    rows = catalogue.rows(kind.value)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for line in catalogue.table(rows):
        typer.echo(line)
