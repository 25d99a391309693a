"""The gate's selection, against every way to be wrong: it sees what touches the application, and nothing else.

`make test` takes a flaw in seven; COZECHECK_EVERY_FLAW=1 takes all, in some ten minutes.
"""

import asyncio
import os
import time
from functools import cache, reduce

import pytest
from starlette.types import ASGIApp

from cozecheck import profiles, scenarios
from cozecheck.checks import ALL
from cozecheck.conformance import Course, run
from cozecheck.findings import Report
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.scan import scan
from cozecheck.scan.selecting import profile
from docs.generate import ROOT
from reference_server.app import create_app
from reference_server.flaws import FLAWS, apply
from tests.reference import KEY, settings
from tests.servers import running
from tests.suite import MODEL, PATIENCE
from tests.test_kill_matrix import groups

EVERY = bool(os.environ.get("COZECHECK_EVERY_FLAW"))
SHARE = 1 if EVERY else 7
ELSEWHERE = {
    "gzip-bomb": {"transport.encoding"},
    "gzip-corrupt": {"transport.encoding"},
    "redirect": {"transport.redirect"},
}
"""Flaws that a selected check sees only in operations that the application does not use."""


@cache
def selected() -> profiles.Profile:
    """Return the profile of the Python sample."""
    return profile(scan([ROOT / "examples" / "python" / "desk"]), ALL)


async def judged_at(endpoint: Endpoint) -> Report:
    chosen = selected()
    checks = profiles.choose(ALL, chosen, (), ())
    async with Probe(endpoint, Limits.within(PATIENCE)) as probe:
        course = Course(time.time, operations=frozenset(chosen.operations))
        return await run(probe, scenarios.ALL, checks, MODEL, 0, course)


def judged(*flaws: str) -> set[str]:
    """Return the checks that fail or warn, of a server that is wrong on purpose."""
    server: ASGIApp = create_app(settings())
    with running(reduce(apply, flaws, server)) as base_url:
        report = asyncio.run(judged_at(Endpoint(base_url, KEY)))
    return {finding.id for finding in report.findings}


def test_the_clean_server_passes() -> None:
    assert judged() == set()


@pytest.mark.parametrize("flaws", groups()[::SHARE], ids=" ".join)
def test_a_flaw_is_seen_if_it_touches_what_is_used(flaws: tuple[str, ...]) -> None:
    wanted = set(selected().select)
    expected = {check for flaw in flaws for check in FLAWS[flaw].fails if check in wanted}
    unseen = {check for flaw in flaws for check in ELSEWHERE.get(flaw, ())}
    assert judged(*flaws) == expected - unseen


def test_flaws_of_both_kinds_are_there() -> None:
    touching = [name for name, flaw in FLAWS.items() if set(flaw.fails) & set(selected().select)]
    assert len(touching) > 150
    assert len(FLAWS) - len(touching) > 150
