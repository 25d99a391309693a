"""Log lines on their way out, in a thread: a reader that stalls stalls no request."""

import logging
import os
import threading
import time
from collections import deque
from typing import TextIO

INTERVAL = 0.05
MOST_LINES = 10_000
PATIENCE, POLL = 1.0, 0.005


class Spool(logging.Handler):
    """Writes lines some at a time, which is cheaper than one by one; where too many wait, the oldest are dropped.

    A process that is killed loses those of the last 50 milliseconds, one that ends loses none.
    """

    def __init__(self, stream: TextIO) -> None:
        """Lines go to `stream`."""
        super().__init__()
        self._stream = stream
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._filled = threading.Event()
        self._writing = threading.Lock()
        self._process: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a line."""
        try:
            self._lines.append(self.format(record))
        except Exception:
            # Not handleError: it would print the message.
            self._lines.append('{"level":"error","message":"a line could not be written"}')
        if self._process != os.getpid():
            self._begin()
        if not self._filled.is_set():
            self._filled.set()

    def flush(self) -> None:
        """Wait until what is queued is written, for at most a second: who reads nothing holds up no end."""
        if self._process != os.getpid():
            return
        deadline = time.monotonic() + PATIENCE
        self._filled.set()
        while (self._lines or self._writing.locked()) and time.monotonic() < deadline:
            time.sleep(POLL)

    def _begin(self) -> None:
        """Start the thread; a fork takes none along, nor what is registered for the end."""
        while self._process is not None and len(self._lines) > 1:
            # The process that this one was forked from writes its own.
            self._lines.popleft()
        self._process = os.getpid()
        self._writing = threading.Lock()
        self._filled = threading.Event()
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def _run(self) -> None:
        while self._filled.wait():
            time.sleep(INTERVAL)
            self._filled.clear()
            with self._writing:
                self._write()

    def _write(self) -> None:
        lines = []
        while self._lines:
            lines.append(self._lines.popleft())
        if lines:
            try:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()
            except (OSError, ValueError):
                # Nobody reads any more.
                return
