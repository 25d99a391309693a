"""Bugs that are planted are found by requests at random, within what is usual, and made small."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.planted.bugs import BUGS, copy, plant

HERE = Path(__file__).parents[2]


def found(folder: Path, operation: str) -> list[dict[str, Any]]:
    """Return the failures of the server in a folder, of requests to one operation."""
    command = [sys.executable, "-m", "tests.planted.searching", operation]
    places = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(HERE)))}
    run = subprocess.run(command, cwd=folder, env=places, capture_output=True, text=True, timeout=300, check=False)
    assert run.stdout, run.stderr
    failures: list[dict[str, Any]] = json.loads(run.stdout)
    return failures


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found_and_made_small(name: str, tmp_path: Path) -> None:
    bug = BUGS[name]
    plant(bug, tmp_path)

    failures = found(tmp_path, bug.operation)

    smallest = [each["send"].get("json", each["send"].get("base64")) for each in failures if each["check"] == bug.check]
    assert bug.smallest in smallest, failures


def test_nothing_is_found_where_nothing_is_planted(tmp_path: Path) -> None:
    copy(tmp_path)

    assert found(tmp_path, "chat.completions.create") == []
