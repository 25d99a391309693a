"""`cozecheck explain ID`."""

from typing import Annotated

import typer


def explain(id: Annotated[str, typer.Argument(metavar="ID", help="The id of a check.", show_default=False)]) -> None:
    """Say what a check wants, who breaks, and how to fix it."""
    from cozecheck import scenarios
    from cozecheck.checks import ALL
    from cozecheck.checks.registry import nearest
    from cozecheck.checks.successors import current
    from cozecheck.diff import RULES
    from cozecheck.errors import UsageError
    from cozecheck.explaining import explained, explained_rule

    if id in RULES:
        typer.echo(explained_rule(RULES[id]))
        return
    by_id = {check.id: check for check in ALL}
    if current(id) not in by_id:
        raise UsageError(f"no check is called {id!r}{nearest(id, by_id, 'checks')}")
    typer.echo(explained(by_id[current(id)], scenarios.ALL))
