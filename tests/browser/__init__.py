"""Headless Chromium, asked what it sees of a page."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.npm import missing

PROJECT = Path(__file__).parent
INSTALL = ("apt-get", "install", "-y", "--no-install-recommends", "chromium")
LOOKING = 240


@cache
def chromium() -> str:
    """Return the path of Chromium; empty where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")


def look(*jobs: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what each job saw; skips, saying what is missing and how to get it."""
    if not chromium():
        pytest.skip(f"pages are not opened: Chromium is missing; {' '.join(INSTALL)}")
    if why := missing(PROJECT):
        pytest.skip(f"pages are not opened: {why}")
    command = ["node", "look.mjs", chromium(), *map(json.dumps, jobs)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=LOOKING, check=False)
    assert done.returncode == 0, done.stderr
    seen: list[dict[str, Any]] = json.loads(done.stdout)
    return seen
