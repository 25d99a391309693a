"""The official SDK's names for operations, as code spells them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cozecheck.contract.operations import OPERATIONS, RESOURCES, api_path
from cozecheck.scan.libraries import Asking, made_by
from cozecheck.scan.values import Answered, Made, Value

RAW: Final = frozenset(("with_raw_response", "with_streaming_response", "as_response", "with_response"))
"""What leads to the bare response."""
THROUGH: Final = RAW | {"beta"}
SAME: Final = frozenset(("with_options", "copy"))
OLD: Final[Mapping[str, str]] = {
    "ChatCompletion": "chat.completions",
    "Completion": "completions",
    "Embedding": "embeddings",
    "Moderation": "moderations",
    "Image": "images",
    "Model": "models",
}
"""Resources of openai before 1.0."""
HELPERS: Final[Mapping[str, Asking]] = {
    "chat.completions.parse": Asking("chat.completions.create", ("format:json_schema",)),
    "chat.completions.stream": Asking("chat.completions.create", ("stream",)),
    "chat.completions.run_tools": Asking("chat.completions.create", ("tool",)),
    "responses.parse": Asking("responses.create", ("format:json_schema",)),
    "responses.stream": Asking("responses.create", ("stream",)),
    "chat.completions.create_partial": Asking("chat.completions.create", ("stream",)),
    "chat.completions.create_iterable": Asking("chat.completions.create", ("stream",)),
    "chat.completions.create_with_completion": Asking("chat.completions.create"),
    "files.wait_for_processing": Asking("files.retrieve"),
    "files.retrieve_content": Asking("files.content"),
    "models.del": Asking("models.delete"),
    "files.del": Asking("files.delete"),
}
"""Methods that ask for an operation of another name."""
_KNOWN: Final = frozenset(each.name for each in OPERATIONS)


@dataclass(frozen=True, slots=True)
class Spelt:
    """What names stand for: an operation, what it uses, and whether the bare response comes."""

    asking: Asking
    raw: bool = False


def spelt(names: tuple[str, ...]) -> Spelt | None:
    """Read `chat.completions.create`, however it is spelt; None where it is no operation."""
    snake = tuple(_snake(name) for name in names)
    own = [name for name in snake if name not in THROUGH]
    if len(own) < 2 or own[0] not in RESOURCES:
        return None
    path = ".".join(own)
    return Spelt(HELPERS.get(path, Asking(path)), any(name in RAW for name in snake))


def is_operation(names: tuple[str, ...]) -> bool:
    """Whether names end like an operation that everybody knows: the root may be anything."""
    found = tuple(map(_snake, names))
    return any(".".join(found[-length:]) in _KNOWN | HELPERS.keys() for length in (2, 3) if len(found) > length)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name)


def of_module(path: str) -> Answered | None:
    """Return the answer of a function of the module `openai` itself, if it is one that asks."""
    package, _, rest = path.partition(".")
    found = spelt(of_old(rest)) if package == "openai" and rest else None
    return Answered(found.asking.operation, "openai-python", raw=found.raw) if found else None


def of_old(path: str) -> tuple[str, ...]:
    """Return the names of a path, those of openai before 1.0 as they are today."""
    first, _, method = path.partition(".")
    if first in OLD and method:
        return (*OLD[first].split("."), "create" if method == "acreate" else method)
    return tuple(path.split("."))


def called(root: Made, names: tuple[str, ...], language: str, else_made: Made) -> Iterator[Value]:
    """Yield what calling the method *names* of a client gives."""
    library = made_by(root.path, language)
    if library is None or not (library.is_sdk or library.methods):
        yield else_made
    elif names[-1] in SAME:
        yield root
    elif library.is_sdk:
        found = spelt(names)
        if found:
            yield Answered(found.asking.operation, library.name, raw=found.raw)
    elif (asking := library.methods.get(names[-1])) and len(names) == 1:
        yield root if asking.operation == "=" else Answered(asking.operation, library.name)


_BY_PATH: Final = {(each.method, each.path): each.name for each in OPERATIONS}


def at_path(method: str, url: str) -> str | None:
    """Return the operation that an HTTP request to *url* asks for; unknown parts of it are `*`."""
    path = api_path(url.partition("?")[0])
    if path is None:
        return None
    generic = re.sub(r"/[^/]*\*[^/]*", "/{}", path)
    return _BY_PATH.get((method.upper(), path)) or _BY_PATH.get((method.upper(), generic))
