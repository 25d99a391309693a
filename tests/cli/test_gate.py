"""`cozecheck gate` with the example configuration, as a newcomer runs it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cozecheck.cli import run
from docs.generate import ROOT
from tests.cli.commands import complaint

GATE = ["gate", "--config", "examples/gate/cozecheck.toml"]
NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay the examples and the cassettes out as a clone has them."""
    for folder in ("examples", "cassettes/chat", "cassettes/embeddings"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.delenv("COZECHECK_PROPERTY_EXAMPLES", raising=False)


def report() -> Any:
    return json.loads(Path(".cozecheck/gate.json").read_text("utf-8"))


def unmet() -> set[str]:
    return {item["id"] for item in report()["checklist"]["items"] if item["state"] == "unmet"}


def test_the_clean_server_gets_through(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(GATE) == 0
    out = capsys.readouterr().out
    assert out.startswith("CONFORMS")
    assert "exit code 0" in out.splitlines()[-1]
    states = {item["id"]: item["state"] for item in report()["checklist"]["items"]}
    assert states["inventory.recorded"] == "met"
    assert states["models.answer"] == "met"
    assert states["rollback.rehearsed"] == "signed"
    assert states["load.promises"] == "unknown"
    assert "endpoints.images" not in states


@pytest.mark.parametrize(
    ("flaw", "items"),
    [
        ("stream-no-done", {"parameters.streaming"}),
        ("embeddings-reversed", {"endpoints.embeddings", "inventory.recorded"}),
        ("tool-arguments-object", {"tools.shape"}),
        ("usage-sum-wrong", {"endpoints.chat", "inventory.recorded"}),
    ],
)
def test_a_flaw_that_touches_what_is_used_shuts_it(flaw: str, items: set[str]) -> None:
    assert run([*GATE, "--flaw", flaw, "--quiet"]) == 1
    assert unmet() == items


def test_a_flaw_that_nothing_uses_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*GATE, "--flaw", "moderations-reversed", "--quiet"]) == 0


def test_findings_point_into_the_code() -> None:
    run([*GATE, "--flaw", "stream-no-done", "--quiet"])
    (finding,) = {each["id"]: each for each in report()["findings"] if each["id"].startswith("chat.stream")}.values()
    assert finding["code"][0].startswith("examples/python/desk/chat.py:")


def test_what_failed_before_is_listed_only() -> None:
    run([*GATE, "--flaw", "stream-no-done", "--quiet"])
    shutil.copy(".cozecheck/gate.json", "before.json")
    assert run([*GATE, "--flaw", "stream-no-done", "--previous", "before.json", "--quiet"]) == 0
    assert all(finding["baselined"] for finding in report()["findings"] if finding["outcome"] == "fail")


def test_a_wrong_key_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("wrong.toml").write_text('scann = ["src"]')
    words = complaint(capsys, ["gate", "--config", "wrong.toml"], 2)
    assert words == "wrong.toml: unknown key 'scann'; did you mean 'scan'?"


@pytest.mark.parametrize(
    ("arguments", "complaint_begins"),
    [
        (["--scan", "gone"], "--scan: gone: there is no such file or folder"),
        (["--require", "nothing.*"], "--require: no item is called 'nothing.*'"),
        (["--signatures", "gone.toml"], "--signatures: gone.toml: cannot be read"),
        (["--previous", "gone.json"], "--previous: gone.json: cannot be read"),
        (["--evidence", "examples/gate/cozecheck.toml"], "--evidence: examples/gate/cozecheck.toml: not a cozecheck"),
        (["--load", "gone"], "no load profile is called 'gone'"),
        (["--flaw", "gone"], "--flaw: "),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_sent(
    arguments: list[str], complaint_begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert complaint(capsys, ["gate", "--base-url", NOBODY, *arguments], 2).startswith(complaint_begins)


def test_nobody_there_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    words = complaint(capsys, [*GATE, "--base-url", NOBODY, "--quiet"], 3)
    assert words.startswith(f"{NOBODY} cannot be judged")


def test_the_options_may_stand_in_pyproject() -> None:
    Path("pyproject.toml").write_text('[tool.cozecheck]\nselect = ["models"]\nreport = ["json=r.json"]\n')
    assert run(["gate", "--quiet"]) == 0
    checks = json.loads(Path("r.json").read_text("utf-8"))["checks"]
    assert {check["id"].partition(".")[0] for check in checks} == {"models"}


def test_init_writes_what_the_gate_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--from-scan", "examples/python/desk"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "next: cozecheck gate"
    assert run(["gate", "--quiet"]) == 0
    capsys.readouterr()
    assert complaint(capsys, ["init", "--from-scan", "examples/python/desk"], 2).startswith("cozecheck.toml is there")


def test_the_checklist_of_reports_at_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "examples/python/desk", "--report", "json=uses.json", "--quiet"]) == 0
    assert run(["conformance", "--select", "auth", "--report", "json=auth.json", "--quiet"]) == 0
    assert run(["checklist", "uses.json", "auth.json", "--report", "markdown=list.md"]) == 0
    assert "keys.checked" in capsys.readouterr().out
    text = Path("list.md").read_text("utf-8")
    assert "- [x] met <code>keys.checked</code>" in text
    assert "- [ ] unknown <code>rollback.rehearsed</code>" in text
