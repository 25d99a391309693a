"""The generator as a process: started, followed, stopped; what it leaves is read by others."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from cozecheck.load.watching import Tail, is_silent

LOOK: Final = 0.2
"""Seconds between two looks at what it writes."""
PATIENCE: Final = 30.0
"""Seconds that it has to write its results once it is told to stop."""
LOG: Final = "locust.log"
LIVE: Final = "live.jsonl"


class Stop(StrEnum):
    """Why we ended it ourselves."""

    INTERRUPTED = "interrupted"
    GONE = "the target answered no more"


@dataclass(frozen=True, slots=True)
class Ended:
    """How the generator ended: its exit code, its last words, and why we ended it, if we did."""

    code: int
    last_words: str
    stop: Stop | None = None

    @property
    def crash(self) -> str:
        """How it ended if that was not as it should; empty otherwise."""
        return (
            f"it ended with {self.code}: {self.last_words or 'it said nothing'}" if self.code and not self.stop else ""
        )


def locust() -> tuple[str, ...]:
    """Return the command that runs locust on our locustfile, in a checkout and in a wheel."""
    package = Path(__file__).parent.parent
    folders = (package / "data" / "locustfiles", package.parent / "locustfiles")
    folder = next((each for each in folders if each.is_dir()), folders[0])
    return (
        sys.executable,
        "-m",
        "locust",
        "--headless",
        "--exit-code-on-error",
        "0",
        "--locustfile",
        str(folder / "mix.py"),
    )


class Generator:
    """Runs for as long as the block lasts at most; *folder* is where it writes."""

    def __init__(self, command: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        with (folder / LOG).open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                # Ctrl-C is for us; we tell it when it is time.
                start_new_session=True,
            )
        self._seconds: list[dict[str, Any]] = []

    def __enter__(self) -> "Generator":
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nobody behind, workers included."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    async def follow(self, watch: Callable[[dict[str, Any]], None], is_there: Callable[[], Awaitable[bool]]) -> Ended:
        """Tell *watch* each second's line until it ends; end it where the target is silent and not there."""
        tail = Tail(self._folder / LIVE)
        stop = None
        try:
            while self._process.poll() is None and stop is None:
                await asyncio.sleep(LOOK)
                if self._look(tail, watch) and is_silent(self._seconds) and not await is_there():
                    stop = Stop.GONE
        except asyncio.CancelledError:
            stop = Stop.INTERRUPTED
        self._stop()
        self._look(tail, watch)
        return Ended(self._process.returncode, last_words(self._folder / LOG), stop)

    def _look(self, tail: Tail, watch: Callable[[dict[str, Any]], None]) -> bool:
        """Pass on what is new; return whether anything is."""
        before = len(self._seconds)
        for line in tail.lines():
            self._seconds.append(line)
            watch(line)
        return len(self._seconds) > before

    def _stop(self) -> None:
        """Let it finish what it has to write, then end it."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def last_words(log: Path) -> str:
    """Return the last line that it logged, without time and level."""
    lines = log.read_text("utf-8", "replace").split("\n") if log.exists() else []
    said = [line.strip() for line in lines if line.strip()]
    return said[-1].rpartition(": ")[2] if said and said[-1].startswith("[") else said[-1] if said else ""
