"""Every command runs in an empty folder, with nothing set in the environment."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("COZECHECK_") or name == "OPENAI_API_KEY":
            monkeypatch.delenv(name)
    monkeypatch.setenv("COZECHECK_PROPERTY_EXAMPLES", "0")  # whole runs are about something else, and quicker so
