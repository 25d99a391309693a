"""Files and folders to recordings: the format is known by what is in them."""

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
_BOM: Final = b"\xef\xbb\xbf"

_OF_DOCUMENTS: Final = re.compile(rb'"(?:log|entries|interactions|http_interactions|requests)"\s*:')
_OF_LINES: Final = re.compile(rb'"(?:request|response)"\s*:')
_SIGNS: Final = re.compile(
    rb'"(?:log|scope|request|response|interactions|http_interactions)"\s*:'
    rb"|^(?:\xef\xbb\xbf|\xff\xfe)?(?:(?:http_)?interactions\s*:|requests\s*:|httprr trace)",
    re.MULTILINE,
)


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files, and of the folders those that look like recordings, sorted.

    Raises UsageError for a folder without any.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        named = (each for each in path.rglob("*") if _is_named_so(each) and each.is_file())
        found = sorted(each for each in named if _has_signs(each))
        if not found:
            raise UsageError(f"{path}: no recording in this folder; names end in {', '.join(SUFFIXES)} or that and .gz")
        yield from found


def _is_named_so(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith(SUFFIXES)


def _has_signs(path: Path) -> bool:
    """Whether a file begins like a recording: a project's other files have the same endings."""
    try:
        with _opened(path) as file:
            return _SIGNS.search(file.read(HEAD).replace(b"\0", b"")) is not None  # it may be UTF-16
    except UsageError:
        return True  # and the one who reads it says what is wrong


def read(path: Path) -> Iterator[Recording]:
    """Yield what the file holds, in its order; raises UsageError, naming the place, for what is no recording."""
    with _opened(path) as file:
        yield from _recordings(file, path.name, str(path))


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, unpacked; raises UsageError, also for what cannot be read later on."""
    try:
        with io.BufferedReader(path.open("rb", buffering=0), HEAD) as raw:  # once: it may be a pipe
            zipped = raw.peek(2)[:2] == b"\x1f\x8b"
            with io.BufferedReader(gzip.GzipFile(fileobj=raw), HEAD) if zipped else raw as file:
                yield file
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path}: cannot be read: {reason}") from None


def _recordings(file: IO[bytes], name: str, where: str) -> Iterator[Recording]:
    start = _start(file).removeprefix(_BOM)
    if _has_lines(start):
        yield from jsonlines.read(start, file, name, where)
        return
    content = _whole(start, file, where)
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


def _start(file: IO[bytes]) -> bytes:
    """Read up to the end of the first line that is not blank, or so much of it as shows what it is."""
    start = b""
    while len(start) < HEAD and not start.strip() and (line := file.readline(HEAD)):
        start += line
    return start


def _has_lines(start: bytes) -> bool:
    """Whether the first line is an exchange; of one that is longer than *start* the keys decide."""
    line = start.lstrip()
    if not line.startswith(b"{"):
        return False
    if not line.endswith(b"\n") and len(start) >= HEAD:
        found = _OF_LINES.search(line)
        return found is not None and not _OF_DOCUMENTS.search(line, 0, found.start())
    try:
        first: Any = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and "request" in first


def _whole(start: bytes, file: IO[bytes], where: str) -> bytes:
    content = start + file.read(MAX_FILE + 1 - len(start))
    if len(content) > MAX_FILE:
        raise UsageError(f"{where}: more than {MAX_FILE:,} bytes, and not one exchange a line")
    return content


def _document(content: bytes, where: str) -> Any:
    if content.lstrip()[:1] in (b"{", b"["):
        return parse_json(content, where)
    return parse_yaml(content, where)
