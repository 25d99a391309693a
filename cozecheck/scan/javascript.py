"""JavaScript and TypeScript to what a scan reads."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Final

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

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

GRAMMARS: Final[Mapping[str, Callable[[], object]]] = {
    "javascript": tree_sitter_javascript.language,
    "typescript": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
}
FUNCTIONS: Final = frozenset(
    (
        "function_declaration",
        "function_expression",
        "generator_function_declaration",
        "generator_function",
        "arrow_function",
        "method_definition",
    )
)
WRAPPERS: Final = frozenset(
    (
        "parenthesized_expression",
        "await_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "spread_element",
        "type_assertion",
    )
)
"""What stands around an expression and leaves it as it is; the first named child is the expression."""
ITERATING: Final = frozenset(("map", "forEach", "filter", "find", "flatMap", "some", "every"))
"""Methods that give a callback each thing in turn."""
DEEPEST: Final = 400
"""Code that is nested deeper was made by a machine."""


@cache
def _parser(language: str) -> Parser:
    return Parser(Language(GRAMMARS[language]()))


def read(content: bytes, file: str, language: str) -> Module:
    """Read the bytes of a *file*; raises SyntaxError where it cannot be parsed, RecursionError if it is too deep."""
    tree = _parser(language).parse(content)
    if tree.root_node.has_error and (wrong := _wrong(tree.root_node)):
        raise SyntaxError("it cannot be parsed", (file, wrong.start_point[0] + 1, None, None))
    name = str(PurePosixPath(file).with_suffix(""))
    module = Module(file, "javascript", name, Scope("module", name, file))
    _Reader().statements(tree.root_node, module.scope, 0)
    return module


def _wrong(node: Node) -> Node | None:
    """Find the first place that cannot be parsed, without recursion."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if found.is_error or found.is_missing:
            return found
        waiting.extend(child for child in reversed(found.children) if child.has_error)
    return None


def _line(node: Node) -> int:
    return node.start_point[0] + 1


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def _string(node: Node) -> str:
    return "".join(
        _text(child) for child in node.named_children if child.type in ("string_fragment", "escape_sequence")
    )


class _Reader:
    def statements(self, node: Node, scope: Scope, depth: int) -> None:
        """Note what the statements in a block bind and say."""
        if depth > DEEPEST:
            raise RecursionError
        for child in node.named_children:
            self._statement(child, scope, depth + 1)

    def _statement(self, node: Node, scope: Scope, depth: int) -> None:
        match node.type:
            case "import_statement":
                self._import(node, scope)
            case "export_statement":
                self._export(node, scope, depth)
            case "lexical_declaration" | "variable_declaration":
                for declarator in node.named_children:
                    self._declare(declarator, scope, depth)
            case "class_declaration" | "abstract_class_declaration":
                self._class(node, scope, depth)
            case "function_declaration" | "generator_function_declaration":
                name = _text(node.child_by_field_name("name"))
                scope.bind(name, self._function(node, name, scope, depth))
            case "return_statement":
                for value in node.named_children:
                    scope.returns.append(self._said(value, scope, depth))
            case "for_in_statement":
                items = self._said(_field(node, "right"), scope, depth)
                self._bind(_field(node, "left"), Element(_line(node), items), scope, depth)
                self._statement(_field(node, "body"), scope, depth)
            case "expression_statement":
                for value in node.named_children:
                    self._said(value, scope, depth)
            case kind if kind.endswith(
                ("statement", "statement_block", "clause", "body", "switch_case", "switch_default")
            ):
                self.statements(node, scope, depth)
            case "comment" | "interface_declaration" | "type_alias_declaration" | "enum_declaration":
                pass
            case _:
                self._said(node, scope, depth)

    def _import(self, node: Node, scope: Scope) -> None:
        source = _string(_field(node, "source"))
        for clause in node.named_children:
            for each in clause.named_children if clause.type == "import_clause" else ():
                if each.type == "identifier":
                    scope.bind(_text(each), Imported(_line(node), source, "default"))
                elif each.type == "namespace_import":
                    scope.bind(_text(each.named_children[-1]), Imported(_line(node), source))
                elif each.type == "named_imports":
                    for specifier in each.named_children:
                        name, alias = (specifier.child_by_field_name(field) for field in ("name", "alias"))
                        scope.bind(_text(alias or name), Imported(_line(node), source, _text(name)))

    def _export(self, node: Node, scope: Scope, depth: int) -> None:
        source = node.child_by_field_name("source")
        value = node.child_by_field_name("value")
        declaration = node.child_by_field_name("declaration")
        is_default = any(child.type == "default" for child in node.children)
        if declaration is not None:
            self._statement(declaration, scope, depth)
            name = _text(declaration.child_by_field_name("name"))
            if is_default and name:
                scope.bind("default", Name(_line(node), name))
        if value is not None:
            scope.bind("default", self._said(value, scope, depth))
        for clause in node.named_children:
            for each in clause.named_children if clause.type == "export_clause" else ():
                name, alias = (_text(each.child_by_field_name(field)) for field in ("name", "alias"))
                if source is not None:
                    scope.bind(alias or name, Imported(_line(node), _string(source), name))
                elif alias:
                    scope.bind(alias, Name(_line(node), name))

    def _declare(self, node: Node, scope: Scope, depth: int) -> None:
        target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        annotation = node.child_by_field_name("type")
        if target is not None and annotation is not None:
            scope.annotations[_text(target)] = self._type(annotation)
        if target is not None and value is not None:
            self._bind(target, self._said(value, scope, depth, name=_text(target)), scope, depth)

    def _bind(self, target: Node, value: Expression, scope: Scope, depth: int) -> None:
        line = _line(target)
        match target.type:
            case "identifier" | "shorthand_property_identifier_pattern":
                scope.bind(_text(target), value)
            case "member_expression" if _field(target, "object").type == "this" and scope.owner:
                scope.owner.bind(_text(target.child_by_field_name("property")), Placed(line, value, scope))
            case "object_pattern":
                for each in target.named_children:
                    if each.type == "pair_pattern":
                        of = Member(line, value, _text(each.child_by_field_name("key")))
                        self._bind(_field(each, "value"), of, scope, depth)
                    else:
                        name = each.named_children[0] if each.named_children else each
                        self._bind(name, Member(line, value, _text(name)), scope, depth)
            case "array_pattern":
                for index, each in enumerate(target.named_children):
                    self._bind(each, Element(line, value, Constant(line, index)), scope, depth)
            case "assignment_pattern":
                self._bind(_field(target, "left"), value, scope, depth)
            case "lexical_declaration" | "variable_declarator":
                for each in target.named_children[:1]:
                    self._bind(each, value, scope, depth)

    def _class(self, node: Node, scope: Scope, depth: int) -> Definition:
        name = _text(node.child_by_field_name("name"))
        inner = scope.child("class", name)
        made = Definition(_line(node), inner)
        if name:
            scope.bind(name, made)
        for heritage in (child for child in node.named_children if child.type == "class_heritage"):
            for each in heritage.named_children:
                base = each.named_children[0] if each.type == "extends_clause" else each
                inner.bases.append(self._read(base, scope, depth))
        body = node.child_by_field_name("body")
        for member in body.named_children if body else ():
            self._member(member, inner, depth + 1)
        return made

    def _member(self, node: Node, scope: Scope, depth: int) -> None:
        name = _text(node.child_by_field_name("name") or node.child_by_field_name("property"))
        if node.type == "method_definition":
            is_getter = any(child.type == "get" for child in node.children)
            scope.bind(name, self._function(node, name, scope, depth, kind="property" if is_getter else "function"))
            return
        annotation, value = node.child_by_field_name("type"), node.child_by_field_name("value")
        if annotation is not None:
            scope.annotations[name] = self._type(annotation)
        if value is not None:
            scope.bind(name, self._said(value, scope, depth, name=name))

    def _function(self, node: Node, name: str, scope: Scope, depth: int, kind: str = "function") -> Definition:
        if depth > DEEPEST:
            raise RecursionError
        inner = scope.child(kind, name)
        listed = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
        for parameter in (
            listed.named_children if listed and listed.type == "formal_parameters" else filter(None, [listed])
        ):
            self._parameter(parameter, inner, depth)
        body = node.child_by_field_name("body")
        if body is not None and body.type == "statement_block":
            self.statements(body, inner, depth + 1)
        elif body is not None:
            inner.returns.append(self._said(body, inner, depth + 1))
        return Definition(_line(node), inner)

    def _parameter(self, node: Node, scope: Scope, depth: int) -> None:
        pattern = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        annotation = node.child_by_field_name("type")
        name = _text(pattern) if pattern.type == "identifier" else f"#{len(scope.parameters)}"
        scope.parameters.append(name)
        if annotation is not None:
            scope.annotations[name] = self._type(annotation)
        if value is not None:
            scope.bind(name, self._said(value, scope, depth))
        if pattern.type != "identifier":
            self._bind(pattern, Name(_line(node), name), scope, depth)
        is_property = any(child.type == "accessibility_modifier" or child.type == "readonly" for child in node.children)
        if is_property and scope.owner:  # constructor(private client: OpenAI)
            scope.owner.bind(name, Placed(_line(node), Name(_line(node), name), scope))

    def _type(self, annotation: Node) -> Expression:
        """Read a type as the name of a class; what is more than a name is opaque."""
        inner = annotation.named_children[0] if annotation.named_children else annotation
        if inner.type in ("type_identifier", "identifier"):
            return Name(_line(inner), _text(inner))
        if inner.type == "union_type":
            return Either(_line(inner), tuple(self._type_name(each) for each in inner.named_children))
        return Opaque(_line(inner))

    def _type_name(self, node: Node) -> Expression:
        return Name(_line(node), _text(node)) if node.type == "type_identifier" else Opaque(_line(node))

    def _said(self, node: Node, scope: Scope, depth: int, name: str = "") -> Expression:
        read = self._read(node, scope, depth, name)
        scope.said.append(read)
        return read

    def _read(self, node: Node, scope: Scope, depth: int, name: str = "") -> Expression:
        if depth > DEEPEST:
            raise RecursionError
        depth += 1
        line = _line(node)
        kind = node.type
        if kind in FUNCTIONS:
            return self._function(node, name, scope, depth)
        if kind in WRAPPERS and node.named_children:
            return self._read(node.named_children[0], scope, depth, name)
        match kind:
            case "identifier" | "type_identifier" | "shorthand_property_identifier" | "undefined":
                return Name(line, _text(node))
            case "this":
                return This(line)
            case "string":
                return Constant(line, _string(node))
            case "number":
                return Constant(line, _number(_text(node)))
            case "true" | "false":
                return Constant(line, kind == "true")
            case "null":
                return Constant(line, None)
            case "template_string":
                return Text(line, tuple(self._read(each, scope, depth) for each in node.named_children))
            case "string_fragment":
                return Constant(line, _text(node))
            case "template_substitution" | "optional_chain":
                return self._first(node, scope, depth)
            case "member_expression":
                part = _field(node, "property")
                return Member(_line(part), self._read(_field(node, "object"), scope, depth), _text(part))
            case "subscript_expression":
                of, key = _field(node, "object"), _field(node, "index")
                return Element(line, self._read(of, scope, depth), self._read(key, scope, depth))
            case "call_expression" | "new_expression":
                return self._call(node, scope, depth)
            case "object":
                return Table(line, tuple(self._entries(node, scope, depth)))
            case "array":
                return Sequence(line, tuple(self._read(each, scope, depth) for each in node.named_children))
            case "class":
                return self._class(node, scope, depth)
            case "assignment_expression":
                value = self._read(_field(node, "right"), scope, depth)
                self._bind(_field(node, "left"), value, scope, depth)
                return value
            case "ternary_expression":
                scope.said.append(self._read(_field(node, "condition"), scope, depth))
                sides = (_field(node, "consequence"), _field(node, "alternative"))
                return Either(line, tuple(self._read(each, scope, depth) for each in sides))
            case "binary_expression":
                sides = (_field(node, "left"), _field(node, "right"))
                read = tuple(self._read(each, scope, depth) for each in sides)
                sign = _text(node.child_by_field_name("operator"))
                return {"+": Text, "||": Either, "??": Either}.get(sign, Opaque)(line, read)
            case _:
                return Opaque(line, tuple(self._read(each, scope, depth) for each in node.named_children))

    def _first(self, node: Node, scope: Scope, depth: int) -> Expression:
        inner = node.named_children
        return self._read(inner[0], scope, depth) if inner else Opaque(_line(node))

    def _call(self, node: Node, scope: Scope, depth: int) -> Expression:
        called = node.child_by_field_name("function") or _field(node, "constructor")
        listed = node.child_by_field_name("arguments")
        given = listed.named_children if listed and listed.type == "arguments" else []
        arguments = tuple(self._read(each, scope, depth) for each in given if each.type != "comment")
        if _text(called) == "require" and arguments and isinstance(arguments[0], Constant):
            return Imported(_line(node), str(arguments[0].value))
        if called.type == "import" and arguments and isinstance(arguments[0], Constant):
            return Imported(_line(node), str(arguments[0].value))
        function = self._read(called, scope, depth)
        if isinstance(function, Member) and function.name in ITERATING:
            _bind_items(function, arguments, scope)
        return Call(function.line, function, arguments)

    def _entries(self, node: Node, scope: Scope, depth: int) -> Iterator[tuple[Expression | None, Expression]]:
        for each in node.named_children:
            line = _line(each)
            if each.type == "pair":
                key = _field(each, "key")
                named: Expression = Constant(line, _text(key))
                if key.type == "string":
                    named = Constant(line, _string(key))
                elif key.type == "computed_property_name":
                    named = self._first(key, scope, depth)
                yield named, self._read(_field(each, "value"), scope, depth, _text(key))
            elif each.type == "shorthand_property_identifier":
                yield Constant(line, _text(each)), Name(line, _text(each))
            elif each.type == "spread_element":
                yield None, self._first(each, scope, depth)
            elif each.type == "method_definition":
                name = _text(each.child_by_field_name("name"))
                yield Constant(line, name), self._function(each, name, scope, depth)


def _bind_items(method: Member, arguments: tuple[Expression, ...], scope: Scope) -> None:
    """Let the first parameter of a callback be each of the things that the method goes through."""
    for callback in arguments[:1]:
        if isinstance(callback, Definition) and callback.scope.parameters:
            each = Placed(method.line, Element(method.line, method.of), scope)
            callback.scope.bind(callback.scope.parameters[0], each)


def _field(node: Node, name: str) -> Node:
    """Return a part that the grammar promises."""
    found = node.child_by_field_name(name)
    if found is None:
        raise SyntaxError("it cannot be parsed", ("", _line(node), None, None))
    return found


def _number(text: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
