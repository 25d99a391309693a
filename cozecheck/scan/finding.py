"""What the modules of an application use: every expression, looked at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cozecheck.scan import sdk, vercel
from cozecheck.scan.arguments import Argument, arguments
from cozecheck.scan.code import Call, Element, Expression, Member, Name, Scope, every
from cozecheck.scan.libraries import Asking, Library, function, made_by
from cozecheck.scan.requests import http_request
from cozecheck.scan.resolving import World
from cozecheck.scan.telling import Told, argument_uses, setting_uses
from cozecheck.scan.values import Answered, Foreign, Made, Reached
from cozecheck.used import Unclear, Use, UseKind

PASSING = frozenset(("functools.partial", "asyncio.to_thread"))
"""Functions that call what they are given, with the arguments that they are given."""
ERRORS = ("Error", "Exception")
MOST_ROUNDS = 4
UNNAMED = {"stream": "stream", "tool": "*"}
"""Names of uses that have none."""


def find(world: World) -> tuple[tuple[Use, ...], tuple[Unclear, ...]]:
    """Return what is used, and what could not be understood, each once, in the order of files and lines."""
    for _ in range(MOST_ROUNDS):
        finder = _Finder(world)
        for module in world.modules:
            for scope in module.scope.all():
                for said in scope.said:
                    finder.look(said, scope)
        if not world.settle():
            break
    uses = sorted(set(finder.uses), key=lambda each: (each.file, each.line, list(UseKind).index(each.kind), each.name))
    unclear = sorted(set(finder.unclear), key=lambda each: (each.file, each.line, each.why))
    return tuple(uses), tuple(unclear)


@dataclass
class _Finder:
    world: World
    uses: list[Use] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    _read: set[int] = field(default_factory=set)
    """Parts of chains whose whole was looked at."""

    def look(self, said: Expression, scope: Scope) -> None:
        """Look at an expression and all that is in it."""
        for each in every(said):
            if isinstance(each, Call):
                self._call(each, scope)
            elif isinstance(each, Member | Element | Name) and id(each) not in self._read:
                self._chain(each, scope)

    def _call(self, call: Call, scope: Scope) -> None:
        if isinstance(call.function, Member):
            self._read.add(id(call.function))  # a method is no field
        values = self.world.values(call.function, scope)
        known = False
        for value in values:
            known = self._called(value, call, scope) or known
        if not values and _looks_like_an_operation(call.function):
            self._doubt(call, scope, "a call like one of the API: where its client comes from is not known")
        for value in self._passed_on(call, scope):
            self._passed(value, values, call, scope)

    def _called(self, value: object, call: Call, scope: Scope) -> bool:
        language = self.world.language(scope)
        match value:
            case Foreign(path=path):
                return self._foreign(path, call, scope, language)
            case Reached(root=root, names=names):
                return self._method(root, names, call, scope, language)
            case Answered(raw=True, fields=("headers", "get")) if call.arguments:
                self._headers(value, call.arguments[0], scope)
                return True
        return False

    def _foreign(self, path: str, call: Call, scope: Scope, language: str) -> bool:
        library = made_by(path, language)
        if library:
            self._client(library, path, call, scope)
            return True
        found = function(path, language)
        if found:
            self._asks(found[0], found[1], call, scope)
            return True
        old = sdk.spelt(sdk.of_old(path.removeprefix("openai."))) if path.startswith("openai.") else None
        if old:
            self._asks(_sdk(language), old.asking, call, scope)
            return True
        return self._http(path, call, scope)

    def _method(self, root: Made, names: tuple[str, ...], call: Call, scope: Scope, language: str) -> bool:
        library = made_by(root.path, language)
        if library is None:
            return self._http(".".join((root.path, *names)), call, scope)
        if library.is_sdk:
            found = sdk.spelt(names)
            if found:
                self._asks(library, found.asking, call, scope)
            elif len(names) == 1 and names[0] in sdk.SAME:
                self._tell(setting_uses(self._arguments(call, scope), library.name))
            return True
        asking = library.methods.get(names[-1]) if len(names) == 1 else None
        if asking:
            self._asks(library, asking, call, scope)
        return True

    def _asks(self, library: Library, asking: Asking, call: Call, scope: Scope) -> None:
        given = self._arguments(call, scope)
        asked = vercel.operation(self.world, given) if library.name == vercel.LIBRARY else ""
        operation = library.operation if asking.operation == "=" else asked or asking.operation
        told = argument_uses(self.world, library, operation, given)
        if asking.operation != "=":
            self._use(UseKind.OPERATION, operation, operation, call.line, scope, library)
        for word in (*asking.uses, *filter(None, [library.adds])):
            kind, _, name = word.partition(":")
            if not any(each.kind is UseKind(kind) for each in told.uses):
                self._use(UseKind(kind), name or UNNAMED[kind], operation, call.line, scope, library)
        self._tell(told)

    def _client(self, library: Library, path: str, call: Call, scope: Scope) -> None:
        name = path.rpartition(".")[2] if not path.endswith(".default") else "OpenAI"
        self._use(UseKind.CLIENT, name, "", call.line, scope, library)
        given = self._arguments(call, scope)
        self._tell(setting_uses(given, library.name, self.world))
        if library.operation:
            self._tell(argument_uses(self.world, library, library.operation, given))

    def _http(self, path: str, call: Call, scope: Scope) -> bool:
        found = http_request(self.world, path, call, scope)
        if found is None:
            return False
        operation, given, via = found
        library = Library(via, self.world.language(scope), (), ())
        self._use(UseKind.OPERATION, operation, operation, call.line, scope, library)
        self._tell(argument_uses(self.world, library, operation, given))
        return True

    def _passed_on(self, call: Call, scope: Scope) -> Iterator[Reached]:
        """Yield the methods of clients that are arguments."""
        for argument in call.arguments:
            if isinstance(argument, Member):
                yield from (each for each in self.world.values(argument, scope) if isinstance(each, Reached))

    def _passed(self, value: Reached, called: Iterable[object], call: Call, scope: Scope) -> None:
        library = made_by(value.root.path, self.world.language(scope))
        found = sdk.spelt(value.names) if library and library.is_sdk else None
        if library is None or found is None:
            return
        paths = {each.path for each in called if isinstance(each, Foreign)}
        if paths & PASSING:
            self._asks(library, found.asking, Call(call.line, call.function, (), call.named, call.spread), scope)
            return
        operation = found.asking.operation
        self._use(UseKind.OPERATION, operation, operation, call.line, scope, library)
        self._doubt(call, scope, f"{operation} is passed on: its parameters are not known here")

    def _arguments(self, call: Call, scope: Scope) -> tuple[Argument, ...]:
        found = arguments(self.world, call, scope)
        for why in found.unclear:
            self._doubt(call, scope, why)
        return found.given

    def _chain(self, chain: Member | Element | Name, scope: Scope) -> None:
        """Look at a chain of names as a whole: a class of errors, a field of an answer, a header."""
        inner: Expression = chain
        while isinstance(inner, Member | Element):
            inner = inner.of
            self._read.add(id(inner))
        name = chain.id if isinstance(chain, Name) else chain.name if isinstance(chain, Member) else ""
        if name.endswith(ERRORS):
            self._error(chain, scope)
        elif isinstance(chain, Element) and chain.key is not None:
            for value in self.world.values(chain.of, scope):
                if isinstance(value, Answered) and value.raw and value.fields == ("headers",):
                    self._headers(value, chain.key, scope)
                    return
        if not isinstance(chain, Name):
            self._field(chain, scope)

    def _error(self, chain: Expression, scope: Scope) -> None:
        language = self.world.language(scope)
        for value in self.world.values(chain, scope):
            package = value.path.partition(".")[0] if isinstance(value, Foreign) else ""
            if isinstance(value, Foreign) and package in ("openai", "litellm"):
                name = value.path.rpartition(".")[2]
                via = _sdk(language).name if package == "openai" else package
                self.uses.append(Use(UseKind.ERROR, name, "", scope.file, chain.line, via))

    def _field(self, chain: Expression, scope: Scope) -> None:
        for value in self.world.values(chain, scope):
            if isinstance(value, Answered) and value.fields and not value.raw:
                name = ".".join(value.fields)
                self.uses.append(Use(UseKind.FIELD, name, value.operation, scope.file, chain.line, value.via))

    def _headers(self, answer: Answered, key: Expression, scope: Scope) -> None:
        for name in self.world.texts(key, scope):
            use = Use(UseKind.HEADER, name.lower(), answer.operation, scope.file, key.line, answer.via)
            self.uses.append(use)

    def _use(self, kind: UseKind, name: str, operation: str, line: int, scope: Scope, library: Library) -> None:
        self.uses.append(Use(kind, name, operation, scope.file, line, library.name))

    def _doubt(self, at: Expression, scope: Scope, why: str) -> None:
        self.unclear.append(Unclear(scope.file, at.line, why))

    def _tell(self, told: Told) -> None:
        self.uses.extend(told.uses)
        self.unclear.extend(told.unclear)


def _sdk(language: str) -> Library:
    return Library("openai-python" if language == "python" else "openai-node", language, (), ())


def _looks_like_an_operation(function_called: Expression) -> bool:
    names: list[str] = []
    while isinstance(function_called, Member):
        names.append(function_called.name)
        function_called = function_called.of
    return sdk.is_operation(("", *reversed(names)))
