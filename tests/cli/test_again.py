"""A failure that was kept, sent again: fixed, or not."""

import json
from pathlib import Path

import pytest

from cozecheck.cli import run
from tests.cli.commands import complaint

FLAWED = ["conformance", "--flaw", "param-500", "--no-progress"]
FEW = ["--select", "properties", "--property-examples", "250"]


def kept() -> str:
    """Find a failure, and return its id."""
    run([*FLAWED, *FEW])
    (path,) = Path(".cozecheck/failures").glob("p*.json")
    return path.stem


def test_a_failure_is_kept_and_sent_again(capsys: pytest.CaptureFixture[str]) -> None:
    id = kept()
    assert f"cozecheck conformance --again {id}" in " ".join(capsys.readouterr().out.split())
    assert list(Path(".cozecheck/examples").iterdir())
    assert not Path(".hypothesis").exists()

    assert run([*FLAWED, "--again", id]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"STILL FAILS  {id}  properties.no-server-error")
    assert run(["conformance", "--no-progress", "--again", id, "--report", "json=report.json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"FIXED  {id}  properties.no-server-error")
    assert [check["id"] for check in json.loads(Path("report.json").read_text())["checks"]] == [
        "properties.no-server-error"
    ]
    assert run([*FLAWED, "--select", f"failure.{id[:3]}*"]) == 1


def test_an_id_that_nobody_kept(capsys: pytest.CaptureFixture[str]) -> None:
    words = complaint(capsys, ["conformance", "--again", "p00000000"], 2)
    assert words == "--again: no failure is called 'p00000000'; in .cozecheck/failures there are: none"
    words = complaint(capsys, ["conformance", "--select", "failure.p*"], 2)
    assert words.startswith("--select: no failure is called 'p*'")


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"send": []}', "\x00", '{"operation": "a", "mutation": "b", "param": "c", "send": {}}']
)
def test_a_file_that_is_no_failure(content: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(".cozecheck/failures").mkdir(parents=True)
    Path(".cozecheck/failures/p00000000.json").write_text(content)
    words = complaint(capsys, ["conformance", "--again", "p00000000"], 2)
    assert "p00000000.json: cannot be read as a failure" in words
