"""The generator as a process: started, followed, stopped; what it leaves is read by others."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from cozecheck.errors import UsageError
from cozecheck.load.watching import Tail, is_silent

LOOK: Final = 0.2
"""Seconds between two looks at what it writes."""
PATIENCE: Final = 30.0
"""Seconds that it has to write its results once it is told to stop."""
LOOPBACK: Final = "127.0.0.1"
ANY: Final = ("0.0.0.0", "*", "::")
PORT: Final = 5557
"""Locust's own."""
JOINING: Final = 300
"""Seconds that workers have to join."""
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


@dataclass(frozen=True, slots=True)
class Crew:
    """Who sends: one process, *local* workers that we start, or *joining* ones that come to host and port."""

    local: int = 0
    joining: int = 0
    host: str = LOOPBACK
    port: int = PORT

    def __post_init__(self) -> None:
        if self.local and self.joining:
            raise UsageError("either workers of this machine or expected ones, not both")

    @property
    def invitation(self) -> str:
        """The command that makes another machine a worker of this run."""
        host = socket.gethostname() if self.host in ANY else self.host
        return f"cozecheck load-worker {f'[{host}]' if ':' in host else host}:{self.port}"


def locust(*options: str) -> tuple[str, ...]:
    """Return the command that runs locust on our locustfile, in a checkout and in a wheel."""
    package = Path(__file__).parent.parent
    folders = (package / "data" / "locustfiles", package.parent / "locustfiles")
    folder = next((each for each in folders if each.is_dir()), folders[0])
    return (sys.executable, "-m", "locust", "--locustfile", str(folder / "mix.py"), *options)


def generator(crew: Crew) -> tuple[str, ...]:
    """Return the command of a load run, which ends by itself."""
    options = ("--headless", "--exit-code-on-error", "0")
    if crew.joining:
        wait = ("--expect-workers", str(crew.joining), "--expect-workers-max-wait", str(JOINING))
        return locust(*options, "--master", *_bound(crew.host, str(crew.port)), *wait)
    if crew.local:
        port = _free_port()
        return locust(*options, "--processes", str(crew.local), *_bound(LOOPBACK, port), *_meeting(LOOPBACK, port))
    return locust(*options)


def _bound(host: str, port: str) -> tuple[str, ...]:
    return "--master-bind-host", host, "--master-bind-port", port


def _meeting(host: str, port: str) -> tuple[str, ...]:
    return "--master-host", host, "--master-port", port


def _free_port() -> str:
    with socket.create_server((LOOPBACK, 0)) as held:
        return str(held.getsockname()[1])


def work(host: str, port: int, environment: Mapping[str, str]) -> Ended:
    """Be a worker of a run on another machine, until it ends or Ctrl-C."""
    command = locust("--worker", *_meeting(host, str(port)))
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    ) as process:
        log = b""
        while True:
            with suppress(KeyboardInterrupt):  # it gets it as well, and takes leave of its master
                log += process.communicate()[1] or b""
                return Ended(process.returncode, _last_words(log.decode("utf-8", "replace")))


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
    return _last_words(log.read_text("utf-8", "replace") if log.exists() else "")


def _last_words(log: str) -> str:
    said = [line.strip() for line in log.split("\n") if line.strip()]
    return said[-1].rpartition(": ")[2] if said and said[-1].startswith("[") else said[-1] if said else ""
