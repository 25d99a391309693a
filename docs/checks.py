"""Page: every check, by family."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from cozecheck.checks import ALL, Check
from cozecheck.checks.registry import EVERY_MUST, FAMILIES
from cozecheck.explaining import BASES
from cozecheck.findings import DEPARTURE, Level
from docs.markdown import code, prose, source, table
from reference_server.flaws import FLAWS

DEPARTURES = ", ".join(f"from a {level.upper()} it is `{outcome}`" for level, outcome in DEPARTURE.items())
RESTS_ON = "\n".join(f"- **{basis}**: {words}" for basis, words in BASES.items())
HEAD = f"""\
# Checks

All {len(ALL)} of them. `cozecheck explain ID` prints one of them, `cozecheck list checks` a line for each. An id is for
ever: it is what `--select`, baselines and reports hold on to.

The level says how strong a requirement is (RFC 2119), and what a departure is reported as: {DEPARTURES}.

The basis says what the requirement rests on; what is only de-facto is never a MUST:

{RESTS_ON}
"""


def page() -> str:
    """Write the page."""
    families = {family: [check for check in ALL if check.family == family] for family in FAMILIES}
    sections = (line for family, checks in families.items() for line in _section(family, checks))
    return "\n".join((HEAD, *_overview(families), "", *sections))


def _overview(families: Mapping[str, Sequence[Check]]) -> list[str]:
    rows = [(f"[{family}](#{_anchor(family)})", *_counts(checks)) for family, checks in families.items()]
    return table(("family", *(level.upper() for level in Level), "all"), [*rows, ("all", *_counts(ALL))])


def _counts(checks: Sequence[Check]) -> list[object]:
    counted = Counter(check.level for check in checks)
    return [*(counted[level] or "-" for level in Level), len(checks)]


def _anchor(family: str) -> str:
    """Return the anchor that GitHub gives the heading of a family."""
    return f"family-{family.replace('.', '')}"


def _section(family: str, checks: Sequence[Check]) -> Iterator[str]:
    yield f"## Family {family}\n"
    for check in checks:
        yield from _check(check)


def _needs(check: Check) -> str:
    """Name the checks that must hold before this one speaks."""
    return "every other MUST" if EVERY_MUST in check.requires else code(sorted(check.requires))


def _check(check: Check) -> Iterator[str]:
    yield f"### `{check.id}`\n"
    yield f"**{check.level.upper()}**, {check.basis}. {prose(check.requirement)}\n"
    rows = (
        ("Source", prose(check.cite)),
        ("Who breaks", "; ".join(map(prose, check.breaks))),
        ("Remedy", prose(check.remedy)),
        ("Seen at", ", ".join(map(source, check.evidence))),
        ("Speaks only where these hold", _needs(check)),
        ("Reads together the exchanges of", code([check.scenario] if check.scenario else [])),
        ("Failed by the flaws", code(name for name, flaw in FLAWS.items() if check.id in flaw.fails)),
    )
    yield from (f"- {label}: {words}" for label, words in rows if words)
    yield ""
