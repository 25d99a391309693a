"""Where results go, and what they look like there."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cozecheck.cli import run
from reference_server.app import create_app
from tests.recordings.test_jsonlines import entry
from tests.reference import KEY, settings
from tests.servers import running

SCHEMA = json.loads((files("cozecheck") / "data" / "conformance.schema.json").read_text("utf-8"))
REPORTS = [f"--report={format}=out/r.{format}" for format in ("json", "junit", "markdown", "html", "text")]


@pytest.fixture
def recording() -> str:
    Path("r.jsonl").write_text(json.dumps(entry(response={"body": '{"object": "é"}'})))
    return "r.jsonl"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running(create_app(settings(), flaw="chat-object-wrong")) as address:
        yield address


def live(base_url: str, *more: str) -> list[str]:
    return ["conformance", "--base-url", base_url, "--api-key", KEY, "--select", "chat", *more]


def holds(path: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    return report


def test_every_report_of_a_live_run_is_written(base_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(live(base_url, *REPORTS)) == 1
    report = holds("out/r.json")
    assert (report["kind"], report["summary"]["exit_code"]) == ("conformance", 1)
    assert {each["id"] for each in report["findings"]} == {"chat.object"}
    assert sorted(path.suffix for path in Path("out").iterdir()) == [".html", ".json", ".junit", ".markdown", ".text"]
    out, err = capsys.readouterr()
    assert out.startswith("DOES NOT CONFORM")
    assert err.startswith(f"{base_url}, model gpt-4o-mini: ")
    assert err.count("\n") == 1


def test_every_report_of_a_recording_is_written(recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["judge", recording, *REPORTS]) == 1
    report = holds("out/r.json")
    assert (report["kind"], report["run"]["requests"]) == ("judge", 1)
    assert capsys.readouterr().err == ""


def test_with_a_report_on_stdout_the_summary_goes_to_stderr(recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["judge", recording, "--report", "json=-"])
    out, err = capsys.readouterr()
    assert json.loads(out)["kind"] == "judge"
    assert err.startswith("DOES NOT CONFORM")


def test_quiet_is_one_line(base_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(live(base_url, "--quiet")) == 1
    out, err = capsys.readouterr()
    assert out.startswith("does not conform: ")
    assert out.count("\n") == 1
    assert err == ""


def test_what_is_no_terminal_gets_no_colour(recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["judge", recording])
    assert "\x1b" not in "".join(capsys.readouterr())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_colour", "coloured"), [("", True), ("1", False)])
def test_no_color_is_respected(
    recording: str, monkeypatch: pytest.MonkeyPatch, *, no_colour: str, coloured: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", no_colour)
    run(["judge", recording])
    assert ("\x1b[" in terminal.getvalue()) == coloured


def test_a_baseline_covers_what_it_lists(base_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    entry = "[[accepted]]\nid = 'chat.object'\nreason = 'r'\nlink = 'https://h/1'\n"
    Path("b.toml").write_text(f"{entry}expires = 2099-01-01\n")
    assert run(live(base_url, "--baseline", "b.toml", "--quiet")) == 0
    Path("b.toml").write_text(f"{entry}expires = 2020-01-01\n")
    assert run(live(base_url, "--baseline", "b.toml", "--quiet")) == 1


def test_a_report_that_cannot_be_written_does_not_lose_the_others(
    recording: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cozecheck.cli.output._require_room", lambda path: None)
    Path("file").touch()
    assert run(["judge", recording, "--report", "json=file/r", "--report", "markdown=r.md"]) == 2
    out, err = capsys.readouterr()
    assert Path("r.md").exists()
    assert out.startswith("DOES NOT CONFORM")
    assert err == "cozecheck: --report: file/r cannot be written: File exists\n"


# In a process of its own


def process(arguments: Sequence[str], **more: Any) -> "subprocess.Popen[str]":
    environment = os.environ | more.pop("environment", {})
    return subprocess.Popen([sys.executable, "-m", "cozecheck", *arguments], env=environment, **more)


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    with process(["list", "checks"], stdout=writing, stderr=subprocess.PIPE, text=True) as running:
        os.close(writing)
        os.close(reading)
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (3, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        running = process(["list", "families"], stdout=full, stderr=subprocess.PIPE, text=True)
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (3, "cozecheck: the output cannot be written: No space left on device\n")


def test_a_terminal_without_unicode_gets_what_it_can_show(recording: str) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    running = process(["judge", recording, "--report", "text=-"], stdout=subprocess.PIPE, environment=ascii_only)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert b"\\xe9" in out  # type: ignore[operator]
