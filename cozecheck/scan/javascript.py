"""JavaScript and TypeScript to what a scan reads."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Final

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from cozecheck.scan import javascript_nodes as nodes
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
    if tree.root_node.has_error and (wrong := nodes.wrong(tree.root_node)):
        raise SyntaxError("it cannot be parsed", (file, wrong.start_point[0] + 1, None, None))
    name = str(PurePosixPath(file).with_suffix(""))
    module = Module(file, "javascript", name, Scope("module", name, file))
    _Reader().statements(tree.root_node, module.scope, 0)
    return module


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
                name = nodes.text(node.child_by_field_name("name"))
                scope.bind(name, self._function(node, name, scope, depth))
            case "return_statement":
                for value in node.named_children:
                    scope.returns.append(self._said(value, scope, depth))
            case "for_in_statement":
                items = self._said(nodes.field(node, "right"), scope, depth)
                self._bind(nodes.field(node, "left"), Element(nodes.line(node), items), scope, depth)
                self._statement(nodes.field(node, "body"), scope, depth)
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
        source = nodes.string(nodes.field(node, "source"))
        for clause in node.named_children:
            for each in clause.named_children if clause.type == "import_clause" else ():
                if each.type == "identifier":
                    scope.bind(nodes.text(each), Imported(nodes.line(node), source, "default"))
                elif each.type == "namespace_import":
                    scope.bind(nodes.text(each.named_children[-1]), Imported(nodes.line(node), source))
                elif each.type == "named_imports":
                    for specifier in each.named_children:
                        name, alias = (specifier.child_by_field_name(field) for field in ("name", "alias"))
                        scope.bind(nodes.text(alias or name), Imported(nodes.line(node), source, nodes.text(name)))

    def _export(self, node: Node, scope: Scope, depth: int) -> None:
        source = node.child_by_field_name("source")
        value = node.child_by_field_name("value")
        declaration = node.child_by_field_name("declaration")
        is_default = any(child.type == "default" for child in node.children)
        if declaration is not None:
            self._statement(declaration, scope, depth)
            name = nodes.text(declaration.child_by_field_name("name"))
            if is_default and name:
                scope.bind("default", Name(nodes.line(node), name))
        if value is not None:
            scope.bind("default", self._said(value, scope, depth))
        for clause in node.named_children:
            for each in clause.named_children if clause.type == "export_clause" else ():
                name, alias = (nodes.text(each.child_by_field_name(field)) for field in ("name", "alias"))
                if source is not None:
                    scope.bind(alias or name, Imported(nodes.line(node), nodes.string(source), name))
                elif alias:
                    scope.bind(alias, Name(nodes.line(node), name))

    def _declare(self, node: Node, scope: Scope, depth: int) -> None:
        target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        annotation = node.child_by_field_name("type")
        if target is not None and annotation is not None:
            scope.annotations[nodes.text(target)] = self._type(annotation)
        if target is not None and value is not None:
            self._bind(target, self._said(value, scope, depth, name=nodes.text(target)), scope, depth)

    def _bind(self, target: Node, value: Expression, scope: Scope, depth: int) -> None:
        line = nodes.line(target)
        match target.type:
            case "identifier" | "shorthand_property_identifier_pattern":
                scope.bind(nodes.text(target), value)
            case "member_expression" if nodes.field(target, "object").type == "this" and scope.owner:
                scope.owner.bind(nodes.text(target.child_by_field_name("property")), Placed(line, value, scope))
            case "object_pattern":
                for each in target.named_children:
                    if each.type == "pair_pattern":
                        of = Member(line, value, nodes.text(each.child_by_field_name("key")))
                        self._bind(nodes.field(each, "value"), of, scope, depth)
                    else:
                        name = each.named_children[0] if each.named_children else each
                        self._bind(name, Member(line, value, nodes.text(name)), scope, depth)
            case "array_pattern":
                for index, each in enumerate(target.named_children):
                    self._bind(each, Element(line, value, Constant(line, index)), scope, depth)
            case "assignment_pattern":
                self._bind(nodes.field(target, "left"), value, scope, depth)
            case "lexical_declaration" | "variable_declarator":
                for each in target.named_children[:1]:
                    self._bind(each, value, scope, depth)

    def _class(self, node: Node, scope: Scope, depth: int) -> Definition:
        name = nodes.text(node.child_by_field_name("name"))
        inner = scope.child("class", name)
        made = Definition(nodes.line(node), inner)
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
        name = nodes.text(node.child_by_field_name("name") or node.child_by_field_name("property"))
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
        return Definition(nodes.line(node), inner)

    def _parameter(self, node: Node, scope: Scope, depth: int) -> None:
        pattern = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        annotation = node.child_by_field_name("type")
        name = nodes.text(pattern) if pattern.type == "identifier" else f"#{len(scope.parameters)}"
        scope.parameters.append(name)
        if annotation is not None:
            scope.annotations[name] = self._type(annotation)
        if value is not None:
            scope.bind(name, self._said(value, scope, depth))
        if pattern.type != "identifier":
            self._bind(pattern, Name(nodes.line(node), name), scope, depth)
        is_property = any(child.type == "accessibility_modifier" or child.type == "readonly" for child in node.children)
        if is_property and scope.owner:  # constructor(private client: OpenAI)
            scope.owner.bind(name, Placed(nodes.line(node), Name(nodes.line(node), name), scope))

    def _type(self, annotation: Node) -> Expression:
        """Read a type as the name of a class; what is more than a name is opaque."""
        inner = annotation.named_children[0] if annotation.named_children else annotation
        if inner.type in ("type_identifier", "identifier"):
            return Name(nodes.line(inner), nodes.text(inner))
        if inner.type == "union_type":
            return Either(nodes.line(inner), tuple(self._type_name(each) for each in inner.named_children))
        return Opaque(nodes.line(inner))

    def _type_name(self, node: Node) -> Expression:
        return Name(nodes.line(node), nodes.text(node)) if node.type == "type_identifier" else Opaque(nodes.line(node))

    def _said(self, node: Node, scope: Scope, depth: int, name: str = "") -> Expression:
        read = self._read(node, scope, depth, name)
        scope.said.append(read)
        return read

    def _read(self, node: Node, scope: Scope, depth: int, name: str = "") -> Expression:
        if depth > DEEPEST:
            raise RecursionError
        depth += 1
        line = nodes.line(node)
        kind = node.type
        if kind in nodes.FUNCTIONS:
            return self._function(node, name, scope, depth)
        if kind in nodes.WRAPPERS and node.named_children:
            return self._read(node.named_children[0], scope, depth, name)
        match kind:
            case "identifier" | "type_identifier" | "shorthand_property_identifier" | "undefined":
                return Name(line, nodes.text(node))
            case "this":
                return This(line)
            case "string":
                return Constant(line, nodes.string(node))
            case "number":
                return Constant(line, nodes.number(nodes.text(node)))
            case "true" | "false":
                return Constant(line, kind == "true")
            case "null":
                return Constant(line, None)
            case "template_string":
                return Text(line, tuple(self._read(each, scope, depth) for each in node.named_children))
            case "string_fragment":
                return Constant(line, nodes.text(node))
            case "template_substitution" | "optional_chain":
                return self._first(node, scope, depth)
            case "member_expression":
                part = nodes.field(node, "property")
                return Member(nodes.line(part), self._read(nodes.field(node, "object"), scope, depth), nodes.text(part))
            case "subscript_expression":
                of, key = nodes.field(node, "object"), nodes.field(node, "index")
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
                value = self._read(nodes.field(node, "right"), scope, depth)
                self._bind(nodes.field(node, "left"), value, scope, depth)
                return value
            case "ternary_expression":
                scope.said.append(self._read(nodes.field(node, "condition"), scope, depth))
                sides = (nodes.field(node, "consequence"), nodes.field(node, "alternative"))
                return Either(line, tuple(self._read(each, scope, depth) for each in sides))
            case "binary_expression":
                sides = (nodes.field(node, "left"), nodes.field(node, "right"))
                read = tuple(self._read(each, scope, depth) for each in sides)
                sign = nodes.text(node.child_by_field_name("operator"))
                return {"+": Text, "||": Either, "??": Either}.get(sign, Opaque)(line, read)
            case _:
                return Opaque(line, tuple(self._read(each, scope, depth) for each in node.named_children))

    def _first(self, node: Node, scope: Scope, depth: int) -> Expression:
        inner = node.named_children
        return self._read(inner[0], scope, depth) if inner else Opaque(nodes.line(node))

    def _call(self, node: Node, scope: Scope, depth: int) -> Expression:
        called = node.child_by_field_name("function") or nodes.field(node, "constructor")
        listed = node.child_by_field_name("arguments")
        given = listed.named_children if listed and listed.type == "arguments" else []
        arguments = tuple(self._read(each, scope, depth) for each in given if each.type != "comment")
        if nodes.text(called) == "require" and arguments and isinstance(arguments[0], Constant):
            return Imported(nodes.line(node), str(arguments[0].value))
        if called.type == "import" and arguments and isinstance(arguments[0], Constant):
            return Imported(nodes.line(node), str(arguments[0].value))
        function = self._read(called, scope, depth)
        if isinstance(function, Member) and function.name in ITERATING:
            _bind_items(function, arguments, scope)
        return Call(function.line, function, arguments)

    def _entries(self, node: Node, scope: Scope, depth: int) -> Iterator[tuple[Expression | None, Expression]]:
        for each in node.named_children:
            line = nodes.line(each)
            if each.type == "pair":
                key = nodes.field(each, "key")
                named: Expression = Constant(line, nodes.text(key))
                if key.type == "string":
                    named = Constant(line, nodes.string(key))
                elif key.type == "computed_property_name":
                    named = self._first(key, scope, depth)
                yield named, self._read(nodes.field(each, "value"), scope, depth, nodes.text(key))
            elif each.type == "shorthand_property_identifier":
                yield Constant(line, nodes.text(each)), Name(line, nodes.text(each))
            elif each.type == "spread_element":
                yield None, self._first(each, scope, depth)
            elif each.type == "method_definition":
                name = nodes.text(each.child_by_field_name("name"))
                yield Constant(line, name), self._function(each, name, scope, depth)


def _bind_items(method: Member, arguments: tuple[Expression, ...], scope: Scope) -> None:
    """Let the first parameter of a callback be each of the things that the method goes through."""
    for callback in arguments[:1]:
        if isinstance(callback, Definition) and callback.scope.parameters:
            each = Placed(method.line, Element(method.line, method.of), scope)
            callback.scope.bind(callback.scope.parameters[0], each)
