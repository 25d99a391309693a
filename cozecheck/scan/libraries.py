"""What a scan knows of libraries that speak OpenAI's API."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Asking:
    """What a method or a function asks for: an operation (`=` gives the same thing again), and what it uses."""

    operation: str
    uses: tuple[str, ...] = ()
    """`stream`, `tool`, `format:json_schema`."""


@dataclass(frozen=True)
class Library:
    """A library, by what it is imported, and what asks."""

    name: str
    language: str
    modules: tuple[str, ...]
    clients: tuple[str, ...]
    is_sdk: bool = False
    """Its clients have the official SDK's resources and methods."""
    adds: str = ""
    """What every request uses that is made through it."""
    methods: Mapping[str, Asking] = field(default_factory=dict)
    functions: Mapping[str, Asking] = field(default_factory=dict)

    @property
    def operation(self) -> str:
        """What most of its methods ask for."""
        return next((each.operation for each in self.methods.values() if each.operation != "="), "")


@cache
def libraries() -> tuple[Library, ...]:
    """Return all that are known."""
    text = (files("cozecheck") / "data" / "libraries.toml").read_text("utf-8")
    return tuple(
        Library(
            name=table.get("name", name),
            language=table["language"],
            modules=tuple(table["modules"]),
            clients=tuple(table["clients"]),
            is_sdk=table.get("is_sdk", False),
            adds=table.get("adds", ""),
            methods={key: _asking(words) for key, words in table.get("methods", {}).items()},
            functions={key: _asking(words) for key, words in table.get("functions", {}).items()},
        )
        for name, table in tomllib.loads(text).items()
    )


def _asking(words: str) -> Asking:
    operation, *uses = words.split("+")
    return Asking(operation, tuple(uses))


@cache
def _index(language: str) -> Mapping[str, tuple[Library, str]]:
    """Return the library of every path, and the name in it."""
    return {
        f"{module}.{name}": (library, name)
        for library in reversed(libraries())
        if library.language == language
        for module in library.modules
        for name in (*library.clients, *library.functions)
    }


def made_by(path: str, language: str) -> Library | None:
    """Return the library whose client calling *path* makes."""
    found = _index(language).get(path)
    return found[0] if found and found[1] in found[0].clients else None


def function(path: str, language: str) -> tuple[Library, Asking] | None:
    """Return the library, and what calling its function at *path* asks for."""
    found = _index(language).get(path)
    asking = found[0].functions.get(found[1]) if found else None
    return (found[0], asking) if found and asking else None


def packages(language: str) -> Iterator[str]:
    """Yield the names that the libraries are imported by."""
    return (module for library in libraries() if library.language == language for module in library.modules)
