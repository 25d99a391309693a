"""One run for all items, however many processes want to know what came of it."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from cozecheck import scenarios
from cozecheck.checks import Check
from cozecheck.conformance import Course, run
from cozecheck.errors import CozecheckError, NoVerdictError
from cozecheck.findings import Report
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.properties import Search
from cozecheck.pytest_plugin.selecting import is_strict, selected
from cozecheck.pytest_plugin.target import Target, reached
from cozecheck.render import json

REPORT: "pytest.StashKey[Report | CozecheckError]" = pytest.StashKey()
TIMEOUT: Final = 30.0
PATIENCE: Final = 600.0
"""Seconds that a process waits for another's run."""


def report(config: pytest.Config, checks: Sequence[Check]) -> Report:
    """Return what came of the *checks*; the first to ask makes the run. Raises NoVerdictError where there is none."""
    if REPORT not in config.stash:
        config.stash[REPORT] = _shared(config, checks)
    found = config.stash[REPORT]
    if isinstance(found, CozecheckError):
        raise NoVerdictError(f"no verdict: {found}")
    return found


def _shared(config: pytest.Config, checks: Sequence[Check]) -> Report | CozecheckError:
    """Make the run, or wait for the worker of pytest-xdist that makes it."""
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return _made(config, checks)
    folder = place(worker["testrunuid"])
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return _awaited(folder)
    try:
        made = _made(config, checks)
    except BaseException as error:
        _hand_on(folder, "complaint", f"{type(error).__name__}: {error}")
        raise
    if isinstance(made, Report):
        _hand_on(folder, "report", json.render(made))
    else:
        _hand_on(folder, "complaint", str(made))
    return made


def place(run: str) -> Path:
    """Return the folder in which the workers of a *run* hand on what came of it; the controller removes it."""
    return Path(tempfile.gettempdir()) / f"cozecheck-{run}"


def _hand_on(folder: Path, name: str, text: str) -> None:
    written = folder / "writing"
    written.write_text(text, "utf-8")
    written.replace(folder / name)


def _awaited(folder: Path) -> Report | CozecheckError:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if (folder / "report").is_file():
            return json.load((folder / "report").read_text("utf-8"))
        if (folder / "complaint").is_file():
            return NoVerdictError((folder / "complaint").read_text("utf-8"))
        time.sleep(0.1)
    return NoVerdictError("the worker that judges the target did not come to an end")


def _made(config: pytest.Config, checks: Sequence[Check]) -> Report | CozecheckError:
    try:
        with reached(config) as target:
            return asyncio.run(_run(config, target, checks))
    except CozecheckError as error:
        return error


async def _run(config: pytest.Config, target: Target, checks: Sequence[Check]) -> Report:
    profile, _ = selected(config)
    course = Course(
        time.time,
        strict=is_strict(config, profile),
        search=Search(0),
        operations=frozenset(profile.operations),
    )
    async with Probe(Endpoint(target.base_url, target.api_key), Limits.within(TIMEOUT)) as probe:
        return await run(probe, scenarios.ALL, checks, target.model, 0, course)
