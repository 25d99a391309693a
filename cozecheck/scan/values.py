"""What an expression can stand for, as far as a scan can know."""

from dataclasses import dataclass

from cozecheck.scan.code import Call, Scope, Sequence, Table


@dataclass(frozen=True, slots=True)
class Word:
    """A text, a number, a boolean or nothing, as it is written."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Partial:
    """A text of which parts are unknown; they are `*`."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment."""

    name: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something of a library: `openai.OpenAI`."""

    path: str


@dataclass(frozen=True, slots=True)
class Made:
    """What calling something of a library made: a client, a model."""

    path: str
    call: Call | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """What is reached from a client by names: its methods and resources."""

    root: Made
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of an operation, and the fields that lead from it."""

    operation: str
    via: str
    fields: tuple[str, ...] = ()
    raw: bool = False
    """The bare response: status and headers, before it is parsed."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dict or an object, where it is written."""

    table: Table
    scope: Scope


@dataclass(frozen=True, slots=True)
class Listed:
    """A list, where it is written."""

    items: Sequence
    scope: Scope


@dataclass(frozen=True, slots=True)
class Defined:
    """A function or a class of the application."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the application."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Whole:
    """A module of the application."""

    scope: Scope


Value = Word | Partial | Variable | Foreign | Made | Reached | Answered | Mapping | Listed | Defined | Instance | Whole
