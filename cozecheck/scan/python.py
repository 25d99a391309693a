"""Python to what a scan reads."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

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
    Opaque,
    Placed,
    Scope,
    Sequence,
    Table,
    Text,
    This,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
PROPERTIES = frozenset(("property", "cached_property"))


def read(text: str, file: str) -> Module:
    """Read the text of a *file*, whose path tells its name; raises SyntaxError, ValueError or RecursionError."""
    path = PurePosixPath(file).with_suffix("")
    is_package = path.name == "__init__"
    parts = path.parts[:-1] if is_package else path.parts
    module = Module(
        file,
        "python",
        ".".join(parts),
        Scope("module", ".".join(parts), file),
        package=".".join(parts if is_package else parts[:-1]),
    )
    _Reader(module).statements(ast.parse(text).body, module.scope)
    return module


class _Reader:
    def __init__(self, module: Module) -> None:
        self._module = module

    def statements(self, body: list[ast.stmt], scope: Scope) -> None:
        """Note what statements bind and say."""
        for statement in body:
            self._statement(statement, scope)

    def _statement(self, statement: ast.stmt, scope: Scope) -> None:
        match statement:
            case ast.Import() | ast.ImportFrom():
                self._import(statement, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(statement, scope)
            case ast.ClassDef():
                self._class(statement, scope)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, self._said(value, scope), scope)
            case ast.AnnAssign(target=target, value=value, annotation=annotation):
                self._annotate(target, annotation, scope)
                if value is not None:
                    self._bind(target, self._said(value, scope), scope)
            case ast.Return(value=value) if value is not None:
                scope.returns.append(self._said(value, scope))
            case ast.For() | ast.AsyncFor():
                items = self._said(statement.iter, scope)
                self._bind(statement.target, Element(statement.lineno, items), scope)
            case ast.With() | ast.AsyncWith():
                for item in statement.items:
                    entered = self._said(item.context_expr, scope)
                    if item.optional_vars is not None:
                        self._bind(item.optional_vars, entered, scope)
            case _:
                for each in _expressions(statement):
                    self._said(each, scope)
        self._inner(statement, scope)

    def _inner(self, statement: ast.stmt, scope: Scope) -> None:
        """Go on in the blocks of a statement that opens no scope."""
        if isinstance(statement, Function | ast.ClassDef):
            return
        for name in ("body", "orelse", "finalbody"):
            self.statements(getattr(statement, name, []), scope)
        for handler in getattr(statement, "handlers", []):
            if handler.type is not None:
                self._said(handler.type, scope)
            self.statements(handler.body, scope)
        for case in getattr(statement, "cases", []):
            self.statements(case.body, scope)

    def _import(self, statement: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                name = alias.asname or alias.name.partition(".")[0]
                scope.bind(name, Imported(statement.lineno, alias.name if alias.asname else name))
            return
        module = statement.module or ""
        if statement.level:
            above = self._module.package.split(".") if self._module.package else []
            base = above[: len(above) - statement.level + 1]
            module = f".{'.'.join((*base, *([module] if module else [])))}"
        for alias in statement.names:
            scope.bind(alias.asname or alias.name, Imported(statement.lineno, module, alias.name))

    def _function(self, statement: Function, scope: Scope) -> None:
        decorators = [self._said(decorator, scope) for decorator in statement.decorator_list]
        kind = "property" if any(map(_is_property, decorators)) else "function"
        inner = scope.child(kind, statement.name)
        arguments = statement.args
        plain = [*arguments.posonlyargs, *arguments.args]
        for argument in (*plain, *arguments.kwonlyargs):
            inner.parameters.append(argument.arg)
            if argument.annotation is not None:
                inner.annotations[argument.arg] = self._read(argument.annotation, scope)
        inner.rest = arguments.kwarg.arg if arguments.kwarg else ""
        defaults = (
            *zip(reversed(plain), reversed(arguments.defaults), strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        )
        for argument, default in defaults:
            if default is not None:
                inner.bind(argument.arg, self._said(default, scope))
        if scope.kind == "class" and plain:
            inner.bind(plain[0].arg, This(statement.lineno))
        scope.bind(statement.name, Definition(statement.lineno, inner))
        self.statements(statement.body, inner)

    def _class(self, statement: ast.ClassDef, scope: Scope) -> None:
        inner = scope.child("class", statement.name)
        inner.bases.extend(self._said(base, scope) for base in statement.bases)
        scope.bind(statement.name, Definition(statement.lineno, inner))
        self.statements(statement.body, inner)

    def _annotate(self, target: ast.expr, annotation: ast.expr, scope: Scope) -> None:
        read = self._read(annotation, scope)
        if isinstance(target, ast.Name):
            scope.annotations[target.id] = read
        elif isinstance(target, ast.Attribute) and scope.owner:
            scope.owner.annotations[target.attr] = read

    def _bind(self, target: ast.expr, value: Expression, scope: Scope) -> None:
        match target:
            case ast.Name(id=id):
                scope.bind(id, value)
            case ast.Attribute(value=ast.Name(id=id), attr=attr) if scope.owner and scope.parameters[:1] == [id]:
                scope.owner.bind(attr, Placed(value.line, value, scope))
            case ast.Tuple(elts=elts) | ast.List(elts=elts):
                for index, element in enumerate(elts):
                    of = Element(value.line, value, Constant(value.line, index))
                    self._bind(element, of, scope)
            case ast.Subscript():
                self._said(target, scope)

    def _said(self, node: ast.expr, scope: Scope) -> Expression:
        """Read an expression that stands for itself."""
        read = self._read(node, scope)
        scope.said.append(read)
        return read

    def _read(self, node: ast.expr, scope: Scope) -> Expression:
        line = node.lineno
        match node:
            case ast.Constant(value=value):
                return Constant(line, value)
            case ast.Name(id=id):
                return Name(line, id)
            case ast.Attribute(value=of, attr=attr):
                return Member(node.end_lineno or line, self._read(of, scope), attr)
            case ast.Subscript(value=of, slice=key):
                return Element(line, self._read(of, scope), self._read(key, scope))
            case ast.Await(value=value) | ast.Starred(value=value):
                return self._read(value, scope)
            case ast.NamedExpr(target=target, value=value):
                named = self._read(value, scope)
                scope.bind(target.id, named)
                return named
            case ast.Call():
                return self._call(node, scope)
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                read = ((self._read(key, scope) if key else None, self._read(at, scope)) for key, at in pairs)
                return Table(line, tuple(read))
            case ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts):
                return Sequence(line, tuple(self._read(each, scope) for each in elts))
            case ast.JoinedStr(values=values):
                return Text(line, tuple(self._read(each, scope) for each in values))
            case ast.FormattedValue(value=value):
                return self._read(value, scope)
            case ast.BoolOp(values=values):
                return Either(line, tuple(self._read(each, scope) for each in values))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                scope.said.append(self._read(test, scope))
                return Either(line, (self._read(body, scope), self._read(orelse, scope)))
            case ast.BinOp(left=left, op=op, right=right):
                sides = self._read(left, scope), self._read(right, scope)
                joined = {ast.Add: Text, ast.BitOr: _either}.get(type(op), Opaque)
                return joined(line, sides)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node, scope)
            case ast.Lambda(args=args, body=body):
                inner = scope.child("function", "lambda")
                inner.parameters.extend(argument.arg for argument in args.args)
                inner.returns.append(self._said(body, inner))
                return Definition(line, inner)
            case _:
                return Opaque(line, tuple(self._read(each, scope) for each in _expressions(node)))

    def _call(self, node: ast.Call, scope: Scope) -> Expression:
        return Call(
            # Of a chain over several lines, the line of the method that is called.
            (node.func.end_lineno if isinstance(node.func, ast.Attribute) else None) or node.lineno,
            self._read(node.func, scope),
            tuple(self._read(each, scope) for each in node.args),
            tuple((each.arg, self._read(each.value, scope)) for each in node.keywords if each.arg),
            tuple(self._read(each.value, scope) for each in node.keywords if not each.arg),
        )

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, scope: Scope
    ) -> Expression:
        for generator in node.generators:
            items = self._said(generator.iter, scope)
            self._bind(generator.target, Element(node.lineno, items), scope)
            for condition in generator.ifs:
                self._said(condition, scope)
        inner = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        return Sequence(node.lineno, tuple(self._read(each, scope) for each in inner))


def _is_property(decorator: Expression) -> bool:
    match decorator:
        case Name(id=name) | Member(name=name):
            return name in PROPERTIES
    return False


def _either(line: int, sides: tuple[Expression, Expression]) -> Expression:
    return Either(line, sides)


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    return (each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))
