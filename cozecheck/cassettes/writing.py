"""Cassettes on disk: nothing that should not be read is written."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cozecheck.cassettes.form import document, dump
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.recordings import Recording, vcr
from cozecheck.recordings.documents import parse_yaml
from cozecheck.scrubbing import Scrubber

_SHORT: Final = 256
"""Characters of a value up to which all are searched as one."""


def write(path: Path, kept: Iterable[Recording], scrubber: Scrubber) -> int:
    """Write recordings as a cassette, scrubbed; return how many.

    The file is read back and searched before it has its name: a hit raises NoVerdictError, and leaves no file. What
    cannot be written raises UsageError.
    """
    interim = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        interim.write_bytes(dump(document(kept, scrubber)))
        number = _proved(interim, path, scrubber)
        interim.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            interim.unlink()
    return number


def _proved(interim: Path, path: Path, scrubber: Scrubber) -> int:
    """Return how many recordings can be read back, after a search for what should not be there."""
    content = interim.read_bytes()
    document = parse_yaml(content, str(path))
    found = next(_leaks(content, document, scrubber), None)
    if found:
        raise NoVerdictError(f"{path}: not written, for a secret would still be in it ({found}); please report this")
    return sum(1 for _ in vcr.read(document, path.name, str(path)))


def _leaks(content: bytes, document: Any, scrubber: Scrubber) -> Iterator[str]:
    """Search the file, and each of its values: those are what the file says without the escapes of YAML."""
    yield from scrubber.leaks(content, depth=0)
    left: list[tuple[str, Any]] = [("", document)]
    short: list[bytes] = []
    while left:
        place, value = left.pop()
        if isinstance(value, dict):
            left.extend((f"{place}.{key}", part) for key, part in value.items())
        elif isinstance(value, list):
            left.extend((f"{place}[{number}]", part) for number, part in enumerate(value))
        elif isinstance(value, str) and len(value) < _SHORT:
            short.append(value.encode("utf-8", "surrogatepass"))
        elif isinstance(value, str | bytes):
            raw = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
            at = scrubber.text(place[1:])
            yield from (f"{what}, at {at}" for what in scrubber.leaks(raw))
    yield from scrubber.leaks(b"\n".join(short))
