"""Where log lines go: stderr, as JSON or as text."""

import io
import logging
import sys
import threading
from types import TracebackType
from typing import Literal, TextIO

from reference_server.logs.lines import JsonLines, TextLines
from reference_server.logs.spool import Spool

Format = Literal["json", "text"]
OWN = "reference_server"
log = logging.getLogger(__name__)


def configure(level: str, form: Format | None = None, stream: TextIO | None = None) -> None:
    """Log from `level` up, other libraries from warnings up, to `stream` or stderr; may be called again.

    Without a form it is text on a terminal, JSON elsewhere. Warnings, and failures in threads, are lines as well.
    """
    form = form or ("text" if (stream or sys.stderr).isatty() else "json")
    spool = Spool(stream or unbuffered(sys.stderr))
    spool.setFormatter(JsonLines() if form == "json" else TextLines())
    # Libraries say addresses, keys and contents at their most talkative.
    logging.basicConfig(handlers=[spool], level=logging.WARNING, force=True)
    logging.getLogger(OWN).setLevel(level.upper())
    logging.captureWarnings(capture=True)
    # What these print by themselves holds the message of an exception.
    sys.excepthook = log_uncaught
    sys.unraisablehook = lambda failed: log_failure(failed.exc_value)
    threading.excepthook = lambda failed: log_failure(failed.exc_value)


def unbuffered(stream: TextIO) -> TextIO:
    """Return the same file without Python's buffer: its lock would hold up the end of a process that nobody reads."""
    return io.TextIOWrapper(
        io.FileIO(stream.fileno(), "w", closefd=False),
        "utf-8",
        "backslashreplace",
        write_through=True,
    )


def log_uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Log what ends the process."""
    log_failure(error)


def log_failure(error: BaseException | None) -> None:
    """Log an exception that nobody caught."""
    log.error("failed", exc_info=error)
