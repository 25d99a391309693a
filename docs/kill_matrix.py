"""Page: every flaw and the checks it fails, every check and the flaws that fail it."""

from cozecheck.checks import ALL
from docs.markdown import code, prose, table
from reference_server.flaws import FLAWS

HEAD = f"""\
# The kill matrix

Who judges the judge? {len(FLAWS)} flaws. Each is a named way for the bundled server to be wrong on purpose, and says
which of the {len(ALL)} checks must notice. `tests/test_kill_matrix.py` starts the server with each flaw (several at
once where they cannot meet), runs the whole suite against it on a real socket, and demands that

- the checks that report a departure are exactly those that the flaw declares: none missing, none besides;
- every check is failed by at least one flaw;
- the clean server fails no check, twenty runs in a row, with the scenarios shuffled, one to eight at a time;
- no check ever raises.

See one for yourself: `cozecheck conformance --flaw stream-no-done`. `cozecheck list flaws` lists them all.
"""


def page() -> str:
    """Write the page."""
    return "\n".join((HEAD, f"## {len(FLAWS)} flaws\n", *_flaws(), "", f"## {len(ALL)} checks\n", *_checks(), ""))


def _flaws() -> list[str]:
    rows = ((code([name]), prose(flaw.summary), code(flaw.fails)) for name, flaw in FLAWS.items())
    return table(("flaw", "what is wrong", "checks that fail"), rows)


def _checks() -> list[str]:
    rows = (
        (code([check.id]), check.level.upper(), code(name for name, flaw in FLAWS.items() if check.id in flaw.fails))
        for check in ALL
    )
    return table(("check", "level", "flaws that fail it"), rows)
