"""Source code as far as a scan reads it, the same for every language: scopes, and expressions in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A part of a line; *line* counts from 1."""

    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Opaque(Expression):
    """What a scan does not follow; its *parts* are looked at on their own."""

    parts: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Expression):
    """A text, a number, a boolean, nothing."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Text(Expression):
    """A text put together from parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Name(Expression):
    """A name, looked up from its scope outwards."""

    id: str


@dataclass(frozen=True, slots=True, eq=False)
class This(Expression):
    """The object that a method belongs to."""


@dataclass(frozen=True, slots=True, eq=False)
class Member(Expression):
    """`of.name`."""

    of: Expression
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Element(Expression):
    """`of[key]`; without a key, each of them in turn."""

    of: Expression
    key: Expression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expression):
    """A call; *spread* are tables whose entries are arguments."""

    function: Expression
    arguments: tuple[Expression, ...] = ()
    named: tuple[tuple[str, Expression], ...] = ()
    spread: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Table(Expression):
    """A dict, or an object; an entry without a key is another table that is spread into it."""

    entries: tuple[tuple[Expression | None, Expression], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sequence(Expression):
    """A list, a tuple, a set."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Either(Expression):
    """One of these: the branches of a condition, the sides of `or`, the steps of a pipe."""

    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Imported(Expression):
    """A name of another module, or all of it (`name` empty)."""

    module: str
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Definition(Expression):
    """A function or a class."""

    scope: "Scope"


@dataclass(frozen=True, slots=True, eq=False)
class Placed(Expression):
    """An expression whose names are looked up in another scope than where it is bound."""

    inner: Expression
    scope: "Scope"


@dataclass(eq=False)
class Scope:
    """A module, a class or a function: its names, and everything that it says."""

    kind: str
    """`module`, `class`, `function`, or `property`: a function that is called when it is named."""
    name: str
    file: str
    parent: "Scope | None" = None
    names: dict[str, list[Expression]] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)
    rest: str = ""
    """The name of the table that takes the arguments which no parameter names."""
    annotations: dict[str, Expression] = field(default_factory=dict)
    bases: list[Expression] = field(default_factory=list)
    returns: list[Expression] = field(default_factory=list)
    said: list[Expression] = field(default_factory=list)
    """Every expression that stands in it, outermost first."""
    children: "list[Scope]" = field(default_factory=list)

    def bind(self, name: str, value: Expression) -> None:
        """Let *name* be *value*, among others that it may be."""
        self.names.setdefault(name, []).append(value)

    def child(self, kind: str, name: str) -> "Scope":
        """Open a scope in this one."""
        made = Scope(kind, name, self.file, self)
        self.children.append(made)
        return made

    @property
    def owner(self) -> "Scope | None":
        """The class that a method belongs to."""
        found: Scope | None = self
        while found is not None and found.kind != "class":
            found = found.parent
        return found

    def all(self) -> "Iterator[Scope]":
        """Yield it, and every scope in it."""
        yield self
        for child in self.children:
            yield from child.all()


@dataclass(eq=False)
class Module:
    """A file that was read."""

    file: str
    language: str
    name: str
    """As others import it: `app.clients`; of JavaScript the path without its ending."""
    scope: Scope
    package: str = ""
    """What its relative imports count from."""


def parts(expression: Expression) -> Iterator[Expression]:
    """Yield the expressions that one is made of."""
    match expression:
        case Opaque(parts=inner) | Text(parts=inner) | Sequence(items=inner) | Either(options=inner):
            yield from inner
        case Member(of=of) | Placed(inner=of):
            yield of
        case Element(of=of, key=key):
            yield from (of, key) if key else (of,)
        case Call(function=function, arguments=arguments, named=named, spread=spread):
            yield from (function, *arguments, *(value for _, value in named), *spread)
        case Table(entries=entries):
            for key, value in entries:
                yield from (key, value) if key else (value,)


def every(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and all that is in it, without recursion: code may be nested deeply."""
    waiting = [expression]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(tuple(parts(found))))
