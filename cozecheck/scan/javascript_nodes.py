"""Nodes of tree-sitter's JavaScript and TypeScript grammars, read as words."""

from typing import Final

from tree_sitter import Node

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


def wrong(node: Node) -> Node | None:
    """Find the first place that cannot be parsed, without recursion."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if found.is_error or found.is_missing:
            return found
        waiting.extend(child for child in reversed(found.children) if child.has_error)
    return None


def line(node: Node) -> int:
    """Return the line that a node begins in, from 1."""
    return node.start_point[0] + 1


def text(node: Node | None) -> str:
    """Return what a node is in the source; nothing for none."""
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def string(node: Node) -> str:
    """Return the words between the quotes."""
    return "".join(text(child) for child in node.named_children if child.type in ("string_fragment", "escape_sequence"))


def field(node: Node, name: str) -> Node:
    """Return a part that the grammar promises."""
    found = node.child_by_field_name(name)
    if found is None:
        raise SyntaxError("it cannot be parsed", ("", line(node), None, None))
    return found


def number(text: str) -> int | float | str:
    """Return a number; one of a form that Python has not stays as it is written."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
