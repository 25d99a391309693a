"""The arguments of a call by their names, spread tables taken apart."""

from collections.abc import Iterator
from dataclasses import dataclass

from cozecheck.scan.code import Call, Expression, Name, Scope, Table
from cozecheck.scan.resolving import World

OPTIONS = {
    "baseURL": "base_url",
    "maxRetries": "max_retries",
    "defaultHeaders": "default_headers",
    "headers": "extra_headers",
}
"""What JavaScript calls options that Python has, too."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A named argument, and the scope that its value stands in."""

    name: str
    value: Expression
    scope: Scope


@dataclass(frozen=True, slots=True)
class Arguments:
    """Those that are known, and why others are not."""

    given: tuple[Argument, ...]
    unclear: tuple[str, ...] = ()


def arguments(world: World, call: Call, scope: Scope) -> Arguments:
    """Return the named arguments of a call: of JavaScript, the entries of the objects that it is given."""
    given = [Argument(name, value, scope) for name, value in call.named]
    unclear: list[str] = []
    tables = call.arguments if world.language(scope) == "javascript" else call.spread
    for table in tables:
        entries = list(_entries(world, table, scope))
        given.extend(each for each in entries if isinstance(each, Argument))
        unclear.extend(each for each in entries if isinstance(each, str))
    return Arguments(tuple(given), tuple(dict.fromkeys(unclear)))


def _entries(world: World, table: Expression, scope: Scope) -> Iterator[Argument | str]:
    """Yield the entries of a table; a text says why some are not known."""
    if isinstance(table, Table):
        for key, value in table.entries:
            if key is None:
                yield from _entries(world, value, scope)
            else:
                names = world.texts(key, scope)
                yield from (Argument(OPTIONS.get(name, name), value, scope) for name in names)
                if not names:
                    yield "a parameter whose name is put together when it runs"
        return
    if isinstance(table, Name) and (function := _function_with_rest(table.id, scope)):
        yield from _rest(world, function)
        return
    found = world.entries(table, scope)
    if found is not None:
        yield from (Argument(OPTIONS.get(name, name), value, own) for name, value, own in found)
    elif not world.values(table, scope):
        yield "parameters are spread into the call, and what they are is not known here"


def _function_with_rest(name: str, scope: Scope) -> Scope | None:
    found: Scope | None = scope
    while found is not None and found.rest != name:
        found = found.parent
    return found


def _rest(world: World, function: Scope) -> Iterator[Argument | str]:
    """Yield what callers give beyond the parameters of a function."""
    calls = list(world.callers(function))
    for call, scope in calls:
        yield from (Argument(name, value, scope) for name, value in call.named if name not in function.parameters)
        for table in call.spread:
            yield from _entries(world, table, scope)
    if not calls:
        yield "parameters are handed on by a function that nobody here calls"
