"""What a code base uses of the API, as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class UseKind(StrEnum):
    """What a use is of."""

    OPERATION = "operation"
    PARAMETER = "parameter"
    MODEL = "model"
    STREAM = "stream"
    TOOL = "tool"
    FORMAT = "format"
    """A response format: `text`, `json_object`, `json_schema`."""
    ERROR = "error"
    """An error class that is caught."""
    HEADER = "header"
    """A header that is sent, or read from a response."""
    CLIENT = "client"
    """A client that is built: its base URL, timeout and retries are uses of kind `setting`."""
    SETTING = "setting"
    FIELD = "field"
    """A field of a response that is read."""


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that is used, where, and by which library it is reached."""

    kind: UseKind
    name: str
    operation: str = ""
    """The SDK's name of the operation it belongs to, as in `chat.completions.create`; empty where it is of none."""
    file: str = ""
    line: int = 0
    """From 1; 0 in a recording, where *file* is all there is."""
    via: str = ""
    """`openai-python`, `openai-node`, `langchain`, …, `recording`."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """What could not be understood, where, and why."""

    file: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Uses:
    """Everything that a scan found."""

    files: int = 0
    """How many were read."""
    found: tuple[Use, ...] = ()
    unclear: tuple[Unclear, ...] = ()

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations in use, each once, in order of their names."""
        return tuple(sorted({each.name for each in self.found if each.kind is UseKind.OPERATION}))

    def of(self, kind: UseKind, name: str = "*") -> Iterator[Use]:
        """Yield the uses of *kind* whose name fits the glob."""
        return (each for each in self.found if each.kind is kind and fnmatchcase(each.name, name))
