"""Clients of a running `coze-server`: streams that are counted, and small requests on fresh connections."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import httpx2

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
        last = ""
        try:
            with httpx2.stream("POST", f"{base}/chat/completions", json=asked, timeout=PATIENCE) as response:
                self.port = response.extensions["network_stream"].get_extra_info("client_addr")[1]
                for line in response.iter_lines():
                    self._begun.set()
                    last = line or last
        except httpx2.TransportError:
            return False
        return last == "data: [DONE]"


class Visitor:
    """Asks for little, each time on a new connection, until told to stop or refused; counts what came of it."""

    def __init__(self, url: str, pool: ThreadPoolExecutor) -> None:
        self.seen: Counter[str] = Counter()
        self._enough = Event()
        self._done = pool.submit(self._visit, url)

    def stop(self) -> None:
        self._enough.set()
        self._done.result(PATIENCE)

    def _visit(self, url: str) -> None:
        while not self._enough.is_set() and "ConnectError" not in self.seen:
            try:
                self.seen[str(httpx2.get(url, timeout=PATIENCE).status_code)] += 1
            except httpx2.TransportError as error:
                self.seen[type(error).__name__] += 1
