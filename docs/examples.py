"""The examples of the guide: each `console` block is a command and what it prints."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.markdown import Block, blocks

WIDTH = 100
PROMPT = "$ "
MODULES = {"cozecheck": "cozecheck", "coze-server": "reference_server"}
_UNSTABLE = re.compile(r"127\.0\.0\.1:\d+|[\d.]+ s\b|[\d,]+ (?:tokens|requests),|event \d+|\b\d+ more of")
"""What differs from run to run: ports, times, tokens and events of an answer, how often a batch was asked for."""


@dataclass(frozen=True, slots=True)
class Example:
    """A command, and what the page says it prints."""

    command: str
    output: str
    block: Block


def examples(page: str) -> tuple[Example, ...]:
    """Return the examples of a page."""
    return tuple(_example(block) for block in blocks(page) if block.language == "console")


def _example(block: Block) -> Example:
    command, _, output = block.text.removeprefix(PROMPT).partition("\n")
    return Example(command, output, block)


def run(command: str, page: str) -> str:
    """Run a command beside the files that it names and the *page* shows; return what it prints, errors included."""
    words = shlex.split(command)
    with TemporaryDirectory() as folder:
        for block in blocks(page):
            if block.name in words:
                (Path(folder) / block.name).write_text(block.text, "utf-8")
        return _run([sys.executable, "-m", MODULES[words[0]], *words[1:]], folder)


def _run(words: Sequence[str], folder: str) -> str:
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("COZECHECK_", "OPENAI_"))}
    environment = {**settings, "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    return subprocess.run(
        words, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    ).stdout


def stable(output: str) -> str:
    """Leave out what differs from run to run."""
    return _UNSTABLE.sub("…", output)


def refreshed(page: str) -> str:
    """Return the page with what its commands print today, where that differs in more than ports and times."""
    for example in reversed(examples(page)):
        printed = run(example.command, page)
        if stable(printed) != stable(example.output):
            start = example.block.start
            whole = f"{PROMPT}{example.command}\n{printed}"
            page = page[:start] + whole + page[start + len(example.block.text) :]
    return page
