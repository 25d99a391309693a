"""What a code base uses of the API: its files read, its names followed, its calls understood or listed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from cozecheck.scan import javascript, python, recorded
from cozecheck.scan.code import Module
from cozecheck.scan.finding import find
from cozecheck.scan.resolving import World
from cozecheck.scan.walking import MOST_BYTES, Source, recordings, sources
from cozecheck.used import Unclear, Uses

__all__ = ["scan"]


def scan(paths: Sequence[Path], progress: Callable[[str], None] = lambda _: None) -> Uses:
    """Read the sources and recordings at *paths*; raises UsageError for what is not there."""
    modules: list[Module] = []
    unread: list[Unclear] = []
    count = 0
    for source in sources(paths):
        progress(source.name)
        count += 1
        read = _read(source)
        if isinstance(read, Module):
            modules.append(read)
        else:
            unread.append(read)
    found, unclear = find(World(modules))
    tapes = recordings(paths)
    heard = dict.fromkeys(use for tape in tapes for use in recorded.uses(tape))
    return Uses(count + len(tapes), (*found, *heard), (*unread, *unclear))


def _read(source: Source) -> Module | Unclear:
    """Read a file; one that cannot be understood says why, and the others are read all the same."""
    try:
        content = source.path.read_bytes()
    except OSError as error:
        return Unclear(source.name, 0, f"cannot be read: {error.strerror}")
    if len(content) > MOST_BYTES:
        return Unclear(source.name, 0, f"more than {MOST_BYTES:,} bytes: nobody wrote that by hand")
    try:
        if source.language == "python":
            return python.read(content.decode("utf-8-sig"), source.name)
        return javascript.read(content, source.name, source.language)
    except SyntaxError as error:
        return Unclear(source.name, error.lineno or 0, f"is no {source.language}: {error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        return Unclear(source.name, 0, f"cannot be understood: {type(error).__name__}")
