"""The models that lie in a folder: names to files."""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from reference_server.catalogue.index import index_in
from reference_server.settings import LlamaEngine, SettingsError
from reference_server.settings.routes import TAG

SUFFIX = ".gguf"


class Book(NamedTuple):
    """A model's file; `sha256` is what it must be, empty where nobody says."""

    name: str
    path: Path
    sha256: str = ""


class Shelf:
    """A folder with an index has the models of its index, one without has all its files."""

    def __init__(self, settings: LlamaEngine) -> None:
        """Look once what is there; SettingsError for a folder or an index that can't be used."""
        where, folder = f"engines: {settings.name}", settings.model_dir
        if folder is None:
            raise SettingsError(where, "needs a 'model_dir', or --model-dir")
        if find_spec("xllamacpp") is None:
            raise SettingsError(where, "llama.cpp is not installed: pip install 'cozecheck[llama]'")
        self._books = {book.name: book for book in books(folder)}
        index = index_in(folder)
        tagged = [(tag, each.id) for each in (index.models if index else ()) for tag in each.tags]
        # The first model with a tag is the one that it selects.
        self._tags: Mapping[str, str] = dict(reversed(tagged))
        self._models = settings.models
        self._usual = settings.model
        for name in (*settings.models.values(), *settings.preload, *filter(None, (settings.model,))):
            if self.find(name, exactly=True) is None:
                raise SettingsError(where, f"no model '{name}' in {folder}")

    def find(self, model: str, *, exactly: bool = False) -> Book | None:
        """Return the file for a model; None where there is none. `exactly` that of its own name, or of its tag."""
        if model.startswith(TAG):
            return self._books.get(self._tags.get(model.removeprefix(TAG), ""))
        if exactly:
            return self._books.get(model)
        names = (self._models.get(model, ""), model, self._usual or "")
        return next((self._books[name] for name in names if name in self._books), None)


def books(folder: Path) -> Iterator[Book]:
    """Yield the models of a folder."""
    index = index_in(folder)
    if index:
        for each in index.models:
            yield Book(each.id, folder / each.file, each.sha256)
        return
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise SettingsError(folder, f"can't be read: {error.strerror}") from error
    yield from (Book(path.stem, path) for path in found if path.suffix == SUFFIX)
