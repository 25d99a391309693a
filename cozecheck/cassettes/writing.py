"""Cassettes on disk: nothing that should not be read is written."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cozecheck import recordings
from cozecheck.cassettes.form import document, dump
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.recordings import Recording
from cozecheck.recordings.documents import parse_yaml
from cozecheck.scrubbing import Scrubber


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
    found = scrubber.leaks([content, parse_yaml(content, str(path))])
    if found:
        said = ", ".join(f"{number} times a {kind}" for kind, number in sorted(found.items()))
        raise NoVerdictError(f"{path}: not written, for a secret would still be in it ({said}); please report this")
    return sum(1 for _ in recordings.read(interim))
