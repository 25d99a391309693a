"""Log records as lines of JSON or of text, without what exceptions and libraries say."""

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from traceback import extract_tb
from typing import Any

OWN = "reference_server"
KEY = re.compile(r"(?:\b(?:sk|rk|pk)-|Bearer )[\w.~+/=-]*([\w.~+/=-]{4})", re.ASCII)
LONGEST = 4096
DEEPEST = 30
encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=str).encode


class JsonLines(logging.Formatter):
    """One line of JSON a record: time, level, logger, message, and its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; anything that looks like a key is masked, wherever it stands."""
        head = {"time": moment(record), "level": record.levelname.lower(), "message": said(record)}
        return without_keys(encode({**head, **fields(record)}))


class TextLines(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        known = fields(record).items()
        rest = " ".join(f"{name}={value if isinstance(value, str) else encode(value)}" for name, value in known)
        line = f"{moment(record)} {record.levelname:7} {said(record)} {rest}".rstrip()
        return without_keys(line.replace("\r", " ").replace("\n", " "))


def moment(record: logging.LogRecord) -> str:
    """Return when it was, in UTC, to milliseconds."""
    second = int(record.created)
    return f"{to_second(second)}.{int((record.created - second) * 1000):03d}Z"


@lru_cache(4)
def to_second(second: int) -> str:
    """Spell a second."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def said(record: logging.LogRecord) -> str:
    """Return the message. Of what a library says only what stands in its source: the values may be anything."""
    if record.name == OWN or record.name.startswith(f"{OWN}."):
        return record.getMessage()[:LONGEST]
    return record.msg[:LONGEST] if record.args and isinstance(record.msg, str) else "(withheld)"


def fields(record: logging.LogRecord) -> Mapping[str, Any]:
    """Return what else is known: the fields it was logged with, its logger if it is not ours, where it failed."""
    found: dict[str, Any] = getattr(record, "fields", None) or {}
    if not record.name.startswith(OWN):
        found = {"logger": record.name, "at": f"{record.module}:{record.lineno}", **found}
    error = record.exc_info[1] if record.exc_info else None
    return {**found, "failure": list(failure(error))} if error else found


def failure(error: BaseException) -> Iterator[str]:
    """Yield an exception and what led to it: kinds and places. Messages hold values, so they are left out."""
    seen: BaseException | None = error
    for _ in range(DEEPEST):
        if seen is None:
            return
        frames = [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno}" for frame in trace(seen)]
        yield f"{type(seen).__name__} at {' > '.join(frames)}"
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def trace(error: BaseException) -> list[Any]:
    """Return the innermost frames."""
    return list(extract_tb(error.__traceback__, limit=-DEEPEST))


def without_keys(line: str) -> str:
    """Return a line in which everything that looks like a key is its last four characters."""
    return KEY.sub(r"…\1", line) if "k-" in line or "Bearer " in line else line
