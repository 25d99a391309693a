"""Recordings, whoever wrote them: files in, exchanges out."""

from collections.abc import Iterator
from pathlib import Path

from cozecheck.recordings import jsonlines
from cozecheck.recordings.recording import Recording

__all__ = ["Recording", "read"]


def read(path: Path) -> Iterator[Recording]:
    """Yield what *path* holds, in its order; raises UsageError, naming the place, for what is no recording."""
    for exchange in jsonlines.read(path):
        yield Recording(exchange, "jsonl")
