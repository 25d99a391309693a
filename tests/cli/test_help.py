"""Help is instant, and fits a terminal."""

import re
import subprocess
import sys
from typing import Any

import pytest
import typer

from cozecheck.cli import app, run

COMMANDS = [
    "conformance",
    "judge",
    "record",
    "replay",
    "import",
    "surface",
    "fidelity",
    "load",
    "load-worker",
    "plan",
    "scan",
    "checklist",
    "gate",
    "init",
    "compare",
    "explain",
    "list",
]
HEAVY = ("openai", "httpx2", "httpcore2", "rich.progress", "pydantic", "cozecheck.checks", "cozecheck.probe", "asyncio")


def test_nothing_heavy_is_imported_for_it() -> None:
    program = (
        "import sys; from cozecheck.cli import run; code = run(['--help']);"
        f"sys.exit(code or ' '.join(name for name in {HEAVY!r} if name in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: cozecheck [OPTIONS] COMMAND")


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)], ids=" ".join)
def test_it_fits_a_terminal(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*command, "--help"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in re.sub(r"[\[{]\w+[\]}]\.\.\.", "", text)


def test_every_option_says_what_it_does() -> None:
    group: Any = typer.main.get_command(app)
    for command in group.commands.values():
        for param in command.params:
            assert param.help, param.name
            assert param.help.endswith((".", "`.")), param.name


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("cozecheck 0.")
