"""A Dockerfile, and its steps in order in a folder where no Docker is at hand."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES_OF_ALPINE = ("apk", "adduser")
"""What can't be run here: it would change this machine."""
UNREACHABLE = re.compile("Max retries|NewConnectionError|Temporary failure|Network is unreachable")


@dataclass(frozen=True)
class Step:
    """One instruction, its continued lines joined."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        return list(json.loads(self.text)) if self.text.startswith("[") else shlex.split(self.text)


def steps(file: Path) -> list[Step]:
    """Return the instructions, in order, without comments."""
    lines = re.sub(r"\\\n", " ", file.read_text()).splitlines()
    told = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [Step(name, text.strip()) for name, _, text in told]


def said(chosen: list[Step], name: str) -> Step:
    """Return the last instruction of a name: the one that holds."""
    return [step for step in chosen if step.name == name][-1]


def copied(step: Step) -> list[str]:
    """Return what a COPY takes out of the repository."""
    return [] if step.text.startswith("--from") else step.words[:-1]


class Image:
    """A folder that takes the place of `/`. All stages share it, so what one takes from another lies there already."""

    def __init__(self, root: Path, repository: Path) -> None:
        self.root = root
        self._repository = repository
        self._folder = root

    def build(self, chosen: list[Step]) -> None:
        """Take the steps, except for Alpine's packages and users."""
        for step in chosen:
            if step.name == "WORKDIR":
                self._folder = self.place(step.text)
                self._folder.mkdir(parents=True, exist_ok=True)
            elif step.name == "COPY":
                self._copy(step)
            elif step.name == "RUN":
                for command in step.text.split("&&"):
                    self._run(shlex.split(command))

    def place(self, path: str) -> Path:
        """Return where a path of the image is."""
        return self.root / path.lstrip("/") if path.startswith("/") else self._folder / path

    def here(self, words: list[str]) -> list[str]:
        """Return a command whose paths are those of this machine."""
        return [str(self.place(word)) if re.match("/(opt|etc)/coze", word) else word for word in words]

    def environment(self) -> dict[str, str]:
        """Return this machine's variables, with the image's programs before its own."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        return kept | {"PATH": f"{self.place('/opt/coze/bin')}:{os.environ['PATH']}"}

    def _copy(self, step: Step) -> None:
        *sources, target = [word for word in step.words if not word.startswith("--from")]
        if step.text.startswith("--from"):
            assert all(self.place(source).exists() for source in sources)
            return
        for source in sources:
            ours, theirs = self._repository / source, self.place(target)
            theirs = theirs / ours.name if target.endswith("/") else theirs
            theirs.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if ours.is_dir() else shutil.copy)(ours, theirs)

    def _run(self, words: list[str]) -> None:
        if words[0] in PACKAGES_OF_ALPINE:
            return
        program = sys.executable if words[0] == "python" else words[0]
        command = self.here([program, *words[1:]])
        done = subprocess.run(
            command, cwd=self._folder, env=self.environment(), capture_output=True, text=True, check=False
        )
        if done.returncode and UNREACHABLE.search(done.stderr):
            pytest.skip("the package index is out of reach")
        assert done.returncode == 0, done.stderr
