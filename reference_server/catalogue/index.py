"""An index of models, `models.yaml`: what each is, and how to know that it is whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from reference_server.settings import Model, SettingsError, models_in
from reference_server.settings.section import Count, Section

NAME = "models.yaml"
MOST_BYTES = 4 * 1024 * 1024
MOST_MODELS = 10_000
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=64)]


class Entry(Section):
    """A model: its file below the index, of `size` bytes; what it is said to be, and what it is good for."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=128)]
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*\.gguf$", max_length=255)]
    size: Count
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    quantization: Word
    licence: Annotated[str, Field(min_length=1, max_length=200)]
    context_length: Count
    tags: tuple[Word, ...] = ()


class Index(Section):
    """Models, each by an id of its own."""

    models: Annotated[tuple[Entry, ...], Field(max_length=MOST_MODELS)] = ()

    def find(self, identifier: str) -> Entry | None:
        """Return the model of an id."""
        return next((each for each in self.models if each.id == identifier), None)


def parse_index(content: bytes, name: str) -> Index:
    """Read YAML; SettingsError in one line for whatever is wrong with it, `name` is what it calls the index."""
    if len(content) > MOST_BYTES:
        raise SettingsError(name, f"is larger than {MOST_BYTES} bytes")
    try:
        said = yaml.load(content.decode(), Loader=Plain)  # noqa: S506  (a safe loader, without aliases)
        index = Index.model_validate(said or {})
    except UnicodeDecodeError as error:
        raise SettingsError(name, "is not UTF-8") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise SettingsError(name, f"is no YAML: {' '.join(str(error).split())[:200]}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in first["loc"]).lstrip(".")
        raise SettingsError(name, f"{at}: {first['msg']}" if at else first["msg"]) from error
    if twice := [each.id for place, each in enumerate(index.models) if index.find(each.id) is not index.models[place]]:
        raise SettingsError(name, f"two models have the id '{twice[0]}'")
    return index


class Plain(yaml.SafeLoader):
    """YAML without aliases, which can make little into very much."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias, which is not read here")
        return super().compose_node(parent, index)


def index_in(folder: Path) -> Index | None:
    """Read a folder's index; None where there is none, SettingsError where it can't be used."""
    path = folder / NAME
    try:
        with path.open("rb") as file:
            return parse_index(file.read(MOST_BYTES + 1), str(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(path, f"can't be read: {error.strerror}") from error


def models_of(folder: Path) -> Iterator[Model]:
    """Return the models of a folder as they are shown: those of its index, or all that lie there."""
    index = index_in(folder)
    if index is None:
        return models_in(folder)
    return (Model(id=each.id, owned_by="local") for each in index.models)


def write_index(index: Index, folder: Path) -> None:
    """Write a folder's index, whole or not at all."""
    path = folder / NAME
    text = yaml.safe_dump(index.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    new = path.with_suffix(".part")
    new.write_text(text, "utf-8")
    new.replace(path)
