"""Files and folders to recordings: the format is known by what is in them."""

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from cozecheck.errors import UsageError
from cozecheck.recordings import har, httprr, jsonlines, nock, vcr
from cozecheck.recordings.documents import parse_json, parse_yaml
from cozecheck.recordings.recording import Recording

SUFFIXES: Final = (".json", ".jsonl", ".yaml", ".yml", ".har", ".httprr")
"""Files of a folder that are looked at, also with `.gz` after it."""
MAX_FILE: Final = 512 * 1024 * 1024
"""Bytes of a file that is read as a whole, unpacked; JSON lines may have any number."""

HEAD: Final = 1 << 16
"""Bytes by which the format is known."""

_OF_DOCUMENTS: Final = re.compile(rb'"(?:log|entries|interactions|http_interactions|requests)"\s*:')


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files, and those of the folders, sorted; raises UsageError for a folder without any."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(each for each in path.rglob("*") if _is_recording(each) and each.is_file())
        if not found:
            raise UsageError(f"{path}: no recording in this folder; names end in {', '.join(SUFFIXES)} or that and .gz")
        yield from found


def _is_recording(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith(SUFFIXES)


def read(path: Path) -> Iterator[Recording]:
    """Yield what the file holds, in its order; raises UsageError, naming the place, for what is no recording."""
    try:
        with io.BufferedReader(path.open("rb", buffering=0), HEAD) as raw:  # once: it may be a pipe
            zipped = raw.peek(2)[:2] == b"\x1f\x8b"
            with io.BufferedReader(gzip.GzipFile(fileobj=raw), HEAD) if zipped else raw as file:
                yield from _recordings(file, file.peek(HEAD)[:HEAD], path.name, str(path))
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path}: cannot be read: {reason}") from None


def _recordings(file: IO[bytes], head: bytes, name: str, where: str) -> Iterator[Recording]:
    if _has_lines(head):
        yield from jsonlines.read(file, name, where)
        return
    content = _whole(file, where)
    if content.startswith(httprr.MAGIC):
        yield from httprr.read(content, name, where)
        return
    if not content.strip():
        return
    document = _document(content, where)
    for format in (vcr, har, nock):
        if format.is_one(document):
            yield from format.read(document, name, where)
            return
    raise UsageError(f"{where}: no recording of a kind that is known: a cassette, HAR, nock, httprr, JSON lines")


def _has_lines(head: bytes) -> bool:
    """Whether the first line is an exchange; of one that is longer than *head* the keys decide."""
    line, newline, _ = head.lstrip().partition(b"\n")
    if not line.startswith(b"{"):
        return False
    if not newline and len(head) >= HEAD:
        return line.find(b'"request"') != -1 and not _OF_DOCUMENTS.search(line, 0, line.find(b'"request"'))
    try:
        first: Any = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and "request" in first


def _whole(file: IO[bytes], where: str) -> bytes:
    content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise UsageError(f"{where}: more than {MAX_FILE:,} bytes, and not one exchange a line")
    return content


def _document(content: bytes, where: str) -> Any:
    if content.lstrip()[:1] in (b"{", b"["):
        return parse_json(content, where)
    return parse_yaml(content, where)
