"""The GitHub action and the CI examples: valid to those who read them, and run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.generate import ROOT

ACTION = ROOT / "action.yml"
EXAMPLES = ROOT / "examples" / "ci"
SCHEMAS = {
    "vendor.github-actions": ACTION,
    "vendor.github-workflows": EXAMPLES / "github.yml",
    "vendor.gitlab-ci": EXAMPLES / "gitlab-ci.yml",
}


def checked(schema: str, file: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    if schema.endswith("gitlab-ci"):
        program += ["--data-transform", "gitlab-ci"]
    return subprocess.run([*program, str(file)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_it_fits_its_schema(schema: str) -> None:
    done = checked(schema, SCHEMAS[schema])
    assert done.returncode == 0, done.stdout


def test_the_schema_sees_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "action.yml"
    file.write_text(ACTION.read_text("utf-8").replace("runs:", "walks:"), "utf-8")
    assert checked("vendor.github-actions", file).returncode != 0


def steps() -> dict[str, Any]:
    return {step["name"]: step for step in yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]}


def gate(folder: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str], str]:
    """Run the step that judges, as GitHub would; return it, its outputs, and the step's summary."""
    files = {name: folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    given = {"CONFIG": "", "BASE_URL": "", "COZECHECK_API_KEY": "", "REPORTS": ".cozecheck"}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, **given, "ARGUMENTS": " ".join(arguments), "PATH": path}
    environment |= {name: str(file) for name, file in files.items()}
    done = subprocess.run(
        ["bash", "-e", "-c", steps()["Gate"]["run"]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    return done, outputs, files["GITHUB_STEP_SUMMARY"].read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "python", tmp_path / "app")
    return tmp_path


SOME = ("--scan", "app/desk", "--select", "chat.stream")


def test_the_action_opens_the_gate(folder: Path) -> None:
    done, outputs, summary = gate(folder, *SOME)
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs == {"exit-code": "0", "verdict": "conforms"}
    assert summary.startswith("## ")
    assert sorted(path.name for path in (folder / ".cozecheck").glob("gate.*")) == [
        "gate.html",
        "gate.json",
        "gate.sarif",
        "gate.xml",
    ]


def test_the_action_shuts_the_gate_and_annotates_the_code(folder: Path) -> None:
    done, outputs, summary = gate(folder, *SOME, "--flaw", "stream-no-done")
    assert done.returncode == 1
    assert outputs == {"exit-code": "1", "verdict": "does not conform"}
    assert re.search(r"^::error file=app/desk/chat.py,line=\d+,title=chat.stream.done-terminator::", done.stdout, re.M)
    assert "chat.stream.done-terminator" in summary


def test_wrong_usage_is_told(folder: Path) -> None:
    done, outputs, _ = gate(folder, "--scan", "gone")
    assert (done.returncode, outputs["verdict"]) == (2, "wrong usage")


@pytest.mark.parametrize("file", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_an_example_runs_commands_that_there_are(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "cozecheck" in text
    for option in re.findall(r"(?<=\s)--[a-z-]+", text):
        assert option in {"--report"}
