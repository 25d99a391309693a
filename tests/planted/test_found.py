"""Bugs that are planted are found by requests at random, within what is usual, and made small."""

import json
from pathlib import Path
from typing import Any

import pytest

from cozecheck.cli import run
from tests.planted.bugs import BUGS, plant


def found(name: str) -> dict[str, dict[str, Any]]:
    """Return what was kept of each failure, by its check."""
    assert run(["conformance", "--select", "properties.*", "--quiet", "--report", "json=r.json"]) == 1
    kept = (json.loads(path.read_text()) for path in sorted(Path(".cozecheck/failures").iterdir()))
    return {each["check"]: each for each in kept}


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found_and_made_small(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS[name]
    plant(bug, tmp_path)
    monkeypatch.chdir(tmp_path)
    failure = found(name)[f"properties.{bug.check}"]
    print(name, failure["operation"], failure["mutation"], failure["param"], json.dumps(failure["send"]))
