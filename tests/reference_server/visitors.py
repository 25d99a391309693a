"""Clients of a running `coze-server`: streams that are counted, and small requests on fresh connections."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from urllib.parse import urlsplit

PATIENCE = 30.0


def written(folder: Path, **settings: object) -> Path:
    """Write a configuration; tokens come slowly enough to be interrupted."""
    config = folder / "a.yaml"
    config.write_text(json.dumps({"engines": [{"name": "base", "token_delay": "20ms"}], **settings}))
    return config


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < deadline, "it does not come true"
        sleep(0.01)


class Stream:
    """A stream of so many words: read in a thread, its client's port, and whether it ended as it should."""

    def __init__(self, base: str, pool: ThreadPoolExecutor, words: int = 60) -> None:
        self.port = 0
        self._begun = Event()
        self.complete: Future[bool] = pool.submit(self._read, base, words)

    @property
    def has_begun(self) -> bool:
        return self._begun.is_set()

    def _read(self, base: str, words: int) -> bool:
        asked = {"model": "gpt-4o-mini", "stream": True, "messages": [{"role": "user", "content": f"Count to {words}"}]}
        last = b""
        with closing(connected(base)) as connection:
            self.port = connection.sock.getsockname()[1]
            connection.request("POST", "/v1/chat/completions", json.dumps(asked), {"content-type": "application/json"})
            try:
                for line in connection.getresponse():
                    self._begun.set()
                    last = line.strip() or last
            except (OSError, HTTPException):
                return False
        return last == b"data: [DONE]"


class Visitor:
    """Asks for little, each time on a new connection, until told to stop or refused; counts what came of it."""

    def __init__(self, base: str, pool: ThreadPoolExecutor) -> None:
        self.seen: Counter[str] = Counter()
        self._enough = Event()
        self._done = pool.submit(self._visit, base)

    def stop(self) -> None:
        self._enough.set()
        self._done.result(PATIENCE)

    def _visit(self, base: str) -> None:
        while not self._enough.is_set() and "ConnectionRefusedError" not in self.seen:
            try:
                with closing(connected(base)) as connection:
                    connection.request("GET", "/v1/models/gpt-4o-mini")
                    response = connection.getresponse()
                    response.read()
                    self.seen[str(response.status)] += 1
            except (OSError, HTTPException) as error:
                self.seen[type(error).__name__] += 1


def connected(base: str) -> HTTPConnection:
    connection = HTTPConnection(urlsplit(base).netloc, timeout=PATIENCE)
    connection.connect()
    return connection
