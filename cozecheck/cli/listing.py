"""`cozecheck list KIND`."""

from typing import Annotated

import typer

KINDS = ("checks", "scenarios", "families", "profiles", "flaws", "operations", "checklist")


def list_(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of: {', '.join(KINDS)}.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List what there is: checks, scenarios, flaws and more."""
    import difflib
    import json

    from cozecheck import catalogue
    from cozecheck.errors import UsageError

    if kind not in KINDS:
        meant = difflib.get_close_matches(kind, KINDS, n=1, cutoff=0.5)
        hint = f"did you mean {meant[0]!r}?" if meant else f"there are {', '.join(KINDS)}"
        raise UsageError(f"there is no list of {kind!r}; {hint}")
    rows = catalogue.rows(kind)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for line in catalogue.table(rows):
        typer.echo(line)
