"""Recordings into a folder, one a file, off the way of the traffic."""

import re
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from cozecheck.contract.operations import operation
from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange
from cozecheck.recordings import Recording

Write = Callable[[Path, Sequence[Recording]], None]
"""Writes recordings to a file that is there whole or not at all."""

SUFFIX: Final = ".yaml"
_NUMBERED: Final = re.compile(r"(\d{4,})-.*")


class Folder:
    """Writes what it is given to `NNNN-operation.yaml`, one after the other, in a thread; *count* sees it first."""

    def __init__(self, path: Path, write: Write, count: Callable[[Exchange], None] = lambda _: None) -> None:
        require_writable(path)
        self.path = path
        self.written = 0
        self.unanswered = 0
        self.faults: list[str] = []
        self._write = write
        self._count = count
        self._number = max(
            (int(found[1]) for each in path.iterdir() if (found := _NUMBERED.match(each.name))), default=0
        )
        self._thread = ThreadPoolExecutor(1, "writing")

    def keep(self, recording: Recording) -> Future[None] | None:
        """Have *recording* written; what keeps it from that is noted in *faults*. Without an answer it is no use."""
        if recording.exchange.response is None:
            self.unanswered += 1
            return None
        self._number += 1
        known = operation(recording.exchange.request)
        name = f"{self._number:04}-{known.name if known else 'other'}{SUFFIX}"
        return self._thread.submit(self._put, self.path / name, recording)

    def close(self) -> None:
        """Wait until all is written."""
        self._thread.shutdown()

    def _put(self, path: Path, recording: Recording) -> None:
        try:
            self._count(recording.exchange)
            self._write(path, [recording])
        except Exception as error:  # whatever it is, the next one may fare better, and this one's loss is told
            self.faults.append(f"{path}: {error or type(error).__name__}")
        else:
            self.written += 1


def require_writable(path: Path) -> None:
    """Make the folder; raises UsageError where nothing can be written to it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise UsageError(f"{path} cannot be written to: {error.strerror}") from None
