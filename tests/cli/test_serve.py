"""`cozecheck serve --demo`: a server to play with, and what to try."""

import re
import shlex
import subprocess
import sys

import typer

from cozecheck.cli import app
from cozecheck.cli.serve import WALK


def test_the_demo_tells_what_to_try_and_serves() -> None:
    command = [sys.executable, "-m", "cozecheck", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = "".join(iter(process.stdout.readline, "Ctrl-C ends the server.\n"))
            assert "cozecheck list flaws" in told
            process.stdout.readline()
            assert process.stdout.readline().startswith("coze-server: http://127.0.0.1:")
        finally:
            process.terminate()


def test_its_commands_are_commands() -> None:
    group = typer.main.get_command(app)
    for line in re.findall(r"^  (cozecheck .*?)(?:   |$)", WALK, re.M):
        for part in line.split(" && "):
            _, name, *words = shlex.split(part)
            with typer.Context(group) as context:
                command = group.get_command(context, name)  # type: ignore[attr-defined]
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known
