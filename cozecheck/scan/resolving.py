"""What expressions stand for, over all modules of an application."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from cozecheck.scan import sdk
from cozecheck.scan.code import (
    Call,
    Constant,
    Definition,
    Either,
    Element,
    Expression,
    Imported,
    Member,
    Module,
    Name,
    Placed,
    Scope,
    Sequence,
    Table,
    Text,
    This,
    every,
)
from cozecheck.scan.libraries import made_by
from cozecheck.scan.modules import Index
from cozecheck.scan.values import (
    Answered,
    Defined,
    Foreign,
    Instance,
    Listed,
    Made,
    Mapping,
    Partial,
    Reached,
    Value,
    Variable,
    Whole,
    Word,
)

MOST_VALUES = 12
"""What an expression may stand for at once."""
MOST_ENTRIES = 500
"""Of a table, with those spread into it."""
DEEPEST = 60
"""Questions within questions: what is cut off here is known in the next round."""
ENVIRONMENT = ("os.getenv", "os.environ.get", "os.environ.setdefault")
GLOBALS = frozenset(("process", "fetch"))
SAME_TEXT = frozenset(("strip", "rstrip", "lstrip", "lower", "trim", "replace"))
CONSTRUCTORS = ("__init__", "constructor")

_Key = tuple[int, int]
"""An expression and its scope, by identity."""


class World:
    """All modules of an application, and what the expressions in them stand for."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = tuple(modules)
        self._languages = {module.file: module.language for module in self.modules}
        self._index = Index(self.modules)
        self._sites: dict[str, list[tuple[Call, Scope]]] = {}
        for module in self.modules:
            for scope in module.scope.all():
                self._note_calls(scope)
        self._known: dict[_Key, tuple[Value, ...]] = {}
        self._before: dict[_Key, tuple[Value, ...]] = {}
        self._busy: set[_Key] = set()

    def settle(self) -> bool:
        """Begin another round, in which what depends on itself is what it was; return whether this one told more.

        Code refers to itself, so an answer may need itself. Each question is answered once in a round.
        """
        told_more = self._known != self._before
        self._before, self._known = self._known, {}
        return told_more

    def language(self, scope: Scope) -> str:
        """Return the language that a scope is written in."""
        return self._languages[scope.file]

    def values(self, expression: Expression, scope: Scope) -> tuple[Value, ...]:
        """Return what *expression* may stand for in *scope*; nothing where that is not known."""
        key = id(expression), id(scope)
        if key in self._known:
            return self._known[key]
        if key in self._busy or len(self._busy) > DEEPEST:
            return self._before.get(key, ())
        self._busy.add(key)
        try:
            self._known[key] = tuple(islice(_unique(self._read(expression, scope)), MOST_VALUES))
        finally:
            self._busy.discard(key)
        return self._known[key]

    def texts(self, expression: Expression, scope: Scope) -> tuple[str, ...]:
        """Return the texts that it may stand for, whole ones only."""
        found = self.values(expression, scope)
        return tuple(
            dict.fromkeys(each.value for each in found if isinstance(each, Word) and isinstance(each.value, str))
        )

    def entries(self, expression: Expression, scope: Scope) -> tuple[tuple[str, Expression, Scope], ...] | None:
        """Return the entries of the tables that it stands for, spread ones too; None where any is not known."""
        rows = list(islice(self._entries(expression, scope, ()), MOST_ENTRIES))
        return None if None in rows else tuple(row for row in rows if row is not None)

    def _entries(
        self, expression: Expression, scope: Scope, within: tuple[Table, ...]
    ) -> Iterator[tuple[str, Expression, Scope] | None]:
        """Yield entries, and None for what is not known."""
        found = [each for each in self.values(expression, scope) if isinstance(each, Mapping)]
        if not found or len(within) > DEEPEST:
            yield None
        for table, own in ((each.table, each.scope) for each in found if each.table not in within):
            for key, value in table.entries:
                if key is None:
                    yield from self._entries(value, own, (*within, table))
                else:
                    yield from ((name, value, own) for name in self.texts(key, own))

    def _note_calls(self, scope: Scope) -> None:
        for said in scope.said:
            for each in every(said):
                if isinstance(each, Call) and isinstance(each.function, Name | Member):
                    name = each.function.id if isinstance(each.function, Name) else each.function.name
                    self._sites.setdefault(name, []).append((each, scope))

    def _read(self, expression: Expression, scope: Scope) -> Iterator[Value]:
        match expression:
            case Constant(value=value):
                yield Word(value if isinstance(value, str | int | float | bool) else None)
            case Text(parts=parts):
                yield self._text(parts, scope)
            case Name(id=id):
                yield from self._name(id, scope)
            case This() if scope.owner:
                yield Instance(scope.owner)
            case Member(of=of, name=name):
                for value in self.values(of, scope):
                    yield from self._member(value, name)
            case Element(of=of, key=key):
                yield from self._element(of, key, scope)
            case Call():
                yield from self._call(expression, scope)
            case Table():
                yield Mapping(expression, scope)
            case Sequence():
                yield Listed(expression, scope)
            case Either(options=options):
                for option in options:
                    yield from self.values(option, scope)
            case Placed(inner=inner, scope=own):
                yield from self.values(inner, own)
            case Definition(scope=inner):
                yield Defined(inner)
            case Imported(module=module, name=name):
                yield from self._imported(module, name, scope)

    def _text(self, parts: Iterable[Expression], scope: Scope) -> Value:
        text = ""
        for part in parts:
            found = [each for each in self.values(part, scope) if isinstance(each, Word | Partial)]
            first = found[0] if found else Partial("*")
            text += first.text if isinstance(first, Partial) else str(first.value)
        return Partial(text) if "*" in text else Word(text)

    def _name(self, id: str, scope: Scope) -> Iterator[Value]:
        found: Scope | None = scope
        while found is not None:
            is_visible = found is scope or found.kind != "class"
            if is_visible and (id in found.names or id in found.parameters or id in found.annotations):
                for each in found.names.get(id, ()):
                    yield from self.values(each, found)
                yield from self._annotated(id, found)
                if id in found.parameters:
                    yield from self._passed(id, found)
                return
            found = found.parent
        if id in GLOBALS and self.language(scope) == "javascript":
            yield Foreign(id)

    def _annotated(self, id: str, scope: Scope) -> Iterator[Value]:
        if id in scope.annotations:
            outer = scope.parent or scope
            yield from self._instances(scope.annotations[id], outer)

    def _instances(self, annotation: Expression, scope: Scope) -> Iterator[Value]:
        """Yield what a thing of an annotated type is."""
        if isinstance(annotation, Element) and annotation.key is not None:  # Optional[X], Annotated[X, ...]
            inner = annotation.key.items[:1] if isinstance(annotation.key, Sequence) else (annotation.key,)
            for each in inner:
                yield from self._instances(each, scope)
            return
        for value in self.values(annotation, scope):
            if isinstance(value, Foreign) and made_by(value.path, self.language(scope)):
                yield Made(value.path)
            elif isinstance(value, Defined) and value.scope.kind == "class":
                yield Instance(value.scope)

    def callers(self, function: Scope) -> Iterator[tuple[Call, Scope]]:
        """Yield the calls of a function of the application, or of the class that it constructs."""
        is_constructor = function.name in CONSTRUCTORS and function.parent is not None
        target = function.parent if is_constructor and function.parent else function
        for call, scope in self._sites.get(target.name, ()):
            if Defined(target) in self.values(call.function, scope):
                yield call, scope

    def _passed(self, parameter: str, function: Scope) -> Iterator[Value]:
        """Yield what callers give for a parameter."""
        is_bound = function.parent is not None and function.parent.kind == "class"
        bound = is_bound and self.language(function) == "python"
        index = function.parameters.index(parameter) - bound
        for call, scope in self.callers(function):
            given = dict(call.named).get(parameter)
            if given is None and 0 <= index < len(call.arguments):
                given = call.arguments[index]
            if given is not None:
                yield from self.values(given, scope)

    def _imported(self, name: str, inner: str, scope: Scope) -> Iterator[Value]:
        module = self._index.find(name, scope.file, self.language(scope))
        if module is None:
            deeper = self._index.find(f"{name}.{inner}", scope.file, self.language(scope)) if inner else None
            if deeper is not None:
                yield Whole(deeper.scope)
            elif not name.startswith("."):
                yield Foreign(f"{name}.{inner}" if inner else name)
        elif not inner:
            yield Whole(module.scope)
        elif inner in module.scope.names or inner in module.scope.annotations:
            yield from self._name(inner, module.scope)
        else:
            deeper = self._index.find(f"{name}.{inner}", scope.file, self.language(scope))
            if deeper is not None:
                yield Whole(deeper.scope)

    def _member(self, value: Value, name: str) -> Iterator[Value]:
        match value:
            case Foreign(path=path):
                found = f"{path}.{name}"
                yield Variable(name) if path == "process.env" else Foreign(found)
            case Made():
                yield Reached(value, (name,))
            case Reached(root=root, names=names):
                yield Reached(root, (*names, name))
            case Answered(fields=fields):
                yield replace(value, fields=(*fields, name))
            case Whole(scope=scope):
                yield from self._name(name, scope)
            case Instance(scope=scope):
                yield from self._attribute(scope, name)
            case Defined(scope=scope) if scope.kind == "class":
                yield from self._attribute(scope, name)
            case Mapping(table=table, scope=scope):
                yield from self._looked_up(table, name, scope)
            case Word() | Partial() if name in SAME_TEXT:
                yield value

    def _attribute(self, owner: Scope, name: str) -> Iterator[Value]:
        if name not in owner.names and name not in owner.annotations:
            for base in owner.bases:
                for value in self.values(base, owner.parent or owner):
                    if isinstance(value, Defined) and value.scope is not owner:
                        yield from self._attribute(value.scope, name)
            return
        yield from self._annotated(name, owner)
        for each in owner.names.get(name, ()):
            for value in self.values(each, owner):
                if isinstance(value, Defined) and value.scope.kind == "property":
                    yield from self._returned(value.scope)
                else:
                    yield value

    def _element(self, of: Expression, key: Expression | None, scope: Scope) -> Iterator[Value]:
        for value in self.values(of, scope):
            if isinstance(value, Listed):
                index = key.value if isinstance(key, Constant) else None
                items = value.items.items
                for item in items[index : index + 1] if isinstance(index, int) and index >= 0 else items:
                    yield from self.values(item, value.scope)
            elif isinstance(value, Answered):
                names = self.texts(key, scope) if key else ()
                yield replace(value, fields=(*value.fields, *names[:1]))
            elif key is not None:
                yield from self._keyed(value, key, scope)

    def _keyed(self, value: Value, key: Expression, scope: Scope) -> Iterator[Value]:
        names = self.texts(key, scope)
        if isinstance(value, Foreign) and value.path in ("os.environ", "process.env"):
            yield from map(Variable, names)
        elif isinstance(value, Mapping):
            known = names or tuple(name for name, _, _ in self.entries(value.table, value.scope) or ())
            for name in known:
                yield from self._looked_up(value.table, name, value.scope)

    def _looked_up(self, table: Table, name: str, scope: Scope) -> Iterator[Value]:
        for key, value, own in self.entries(table, scope) or ():
            if key == name:
                yield from self.values(value, own)

    def _call(self, call: Call, scope: Scope) -> Iterator[Value]:
        if isinstance(call.function, Name) and call.function.id == "dict" and self.language(scope) == "python":
            named = tuple((Constant(value.line, name), value) for name, value in call.named)
            spread = tuple((None, each) for each in (*call.arguments, *call.spread))
            yield Mapping(Table(call.line, (*spread, *named)), scope)
            return
        for value in self.values(call.function, scope):
            yield from self._called(value, call, scope)

    def _called(self, value: Value, call: Call, scope: Scope) -> Iterator[Value]:
        match value:
            case Defined(scope=inner):
                yield from (Instance(inner),) if inner.kind == "class" else self._returned(inner)
            case Foreign(path=path) if path in ENVIRONMENT:
                yield from map(Variable, self.texts(call.arguments[0], scope) if call.arguments else ())
                for default in call.arguments[1:2]:
                    yield from self.values(default, scope)
            case Foreign(path=path):
                answered = sdk.of_module(path)
                yield answered or Made(path, call, scope)
            case Made(path=path):
                yield Made(f"{path}()", call, scope)
            case Reached(root=root, names=names):
                yield from sdk.called(
                    root, names, self.language(scope), Made(".".join((root.path, *names)), call, scope)
                )
            case Answered(raw=True, fields=("parse",)):
                yield Answered(value.operation, value.via)
            case Answered(fields=(*before, _)):
                yield replace(value, fields=tuple(before))
            case Word() | Partial():
                yield value

    def _returned(self, function: Scope) -> Iterator[Value]:
        for each in function.returns:
            yield from self.values(each, function)


def _unique(values: Iterable[Value]) -> Iterator[Value]:
    seen: set[Value] = set()
    for each in values:
        if each not in seen:
            seen.add(each)
            yield each
