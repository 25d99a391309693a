"""Models into a folder and its index: whole, checked, or not at all."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from reference_server.catalogue.gguf import NotGgufError, read_head
from reference_server.catalogue.index import Entry, Index, index_in, write_index
from reference_server.catalogue.sources import Source, beside, opened
from reference_server.catalogue.verifying import digest, problems
from reference_server.settings import SettingsError

Told = Callable[[int], None]


def fetch(source: Source, identifier: str, folder: Path, told: Told) -> Entry:
    """Take a model of another index; `told` is given the bytes that came. SettingsError where it is not as said."""
    entry = source.listed.find(identifier)
    if entry is None:
        raise SettingsError(source.place, f"has no model '{identifier}'")
    there, part = beside(source.place, entry.file), folder / f"{entry.file}.part"
    try:
        copy(there, part, entry.size, told)
        if problem := next(problems(entry, part, lambda _: None), None):
            raise SettingsError(there, problem)
        part.replace(folder / entry.file)
    finally:
        part.unlink(missing_ok=True)
    enter(entry, folder)
    return entry


def copy(there: str, here: Path, size: int, told: Told) -> None:
    """Copy so many bytes and no more; whoever sends more is not waited for."""
    left = size
    with opened(there) as read, here.open("wb") as file:
        while left >= 0 and (piece := read()):
            left -= len(piece)
            file.write(piece)
            told(len(piece))


def describe(path: Path, tags: Sequence[str], told: Told) -> Entry:
    """Say of a file what it says of itself; SettingsError where it is no model."""
    try:
        head = read_head(path)
        return Entry(
            id=path.stem,
            file=path.name,
            size=head.size,
            sha256=digest(path, told),
            quantization=head.quantization,
            licence=head.licence,
            context_length=head.context_length,
            tags=tuple(tags),
        )
    except OSError as error:
        raise SettingsError(path, f"can't be read: {error.strerror}") from error
    except NotGgufError as error:
        raise SettingsError(path, str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise SettingsError(path, f"can't be entered: {first['loc'][0]}: {first['msg']}") from error


def enter(entry: Entry, folder: Path) -> None:
    """Write a model into a folder's index, in the place of one with the same id."""
    known = index_in(folder) or Index()
    others = [each for each in known.models if each.id != entry.id]
    write_index(Index(models=(*others, entry)), folder)
