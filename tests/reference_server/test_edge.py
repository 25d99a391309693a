"""The edge profile, with the network cut off."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reference_server.llama_asking import with_index

ALONE = ("unshare", "--map-root-user", "--net")


def can_be_alone() -> bool:
    try:
        return subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_a_machine_without_a_network_serves_everything(tmp_path: Path) -> None:
    if not can_be_alone():
        pytest.skip("needs a network namespace: run it on Linux where `unshare --map-root-user --net true` is allowed")
    folder = with_index(tmp_path, {"tags": ["chat"]})
    command = [*ALONE, sys.executable, "-m", "tests.reference_server.edge_life", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    assert found.pop("chunks") > 2
    assert found.pop("tokens") > 0
    assert found == {
        "cut_off": True,
        "models": ["edge", "small"],
        "call": {"city": "Oslo"},
        "vectors": 2,
        "kept": True,
        "exit": 0,
    }
