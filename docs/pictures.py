"""Pictures of the terminal for the README: `python -m docs.pictures`; ports and times differ each time."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

FOLDER = Path(__file__).with_name("images")
WIDTH = 100
APP = """\
from openai import OpenAI

client = OpenAI()


def ask(question: str) -> str:
    stream = client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": question}], stream=True
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream)
"""
COMMAND = ["cozecheck", "gate", "--scan", "app", "--flaw", "stream-no-done"]


def printed() -> str:
    """Return what the command prints in colour, on a server whose streams do not end."""
    program = "import sys; sys.stdout.isatty = lambda: True; from cozecheck.cli import main; main()"
    environment = {**os.environ, "COLUMNS": str(WIDTH)}
    environment.pop("NO_COLOR", None)
    with TemporaryDirectory() as folder:
        (Path(folder) / "app").mkdir()
        (Path(folder) / "app" / "ask.py").write_text(APP, "utf-8")
        command = [sys.executable, "-c", program, *COMMAND[1:]]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def shortened(output: str) -> str:
    """Leave out the middle: the table, the further examples, and what is met."""
    lines = output.splitlines()
    fail = next(number for number, line in enumerate(lines) if "FAIL" in line)
    second = next(number for number, line in enumerate(lines[fail + 4 :], fail + 4) if not line.strip())
    breaks = next(number for number, line in enumerate(lines) if "breaks" in line)
    hint = next(number for number, line in enumerate(lines) if "tells the whole story" in line)
    unmet = next(number for number, line in enumerate(lines) if "unmet" in line and "checklist" not in line)
    listed = next(number for number, line in enumerate(lines) if "checklist" in line and "unknown" in line)
    parts = (
        lines[:3],
        lines[fail:second],
        lines[breaks : hint - 1],
        lines[listed : listed + 1],
        lines[unmet : unmet + 3],
    )
    return "\n\n".join("\n".join(part) for part in (*parts, lines[-1:]))


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ {' '.join(COMMAND)}\n\n{shortened(printed())}"))
    console.save_svg(str(FOLDER / "gate.svg"), title="cozecheck gate")


if __name__ == "__main__":
    main()
