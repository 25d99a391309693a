"""Markdown, written and read: prose, tables, fenced blocks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PIPE = r"\|"
_CODE_OR_SPECIAL = re.compile(r"(`[^`]*`)|([<*])")
_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.M | re.S)
_TITLE = re.compile(r'title="(.+)"')
_ISSUE = re.compile(r"([\w.-]+/[\w.-]+)#(\d+)")


def code(words: Iterable[str]) -> str:
    """Return names as code, with commas between them."""
    return ", ".join(f"`{word}`" for word in words)


def prose(text: str) -> str:
    """Escape what Markdown would take for its own; what stands between backticks is left alone."""
    return _CODE_OR_SPECIAL.sub(lambda found: found[1] or f"\\{found[2]}", text)


def source(text: str) -> str:
    """Link an issue of GitHub, written owner/name#1; other words are prose."""
    issue = _ISSUE.fullmatch(text)
    return f"[{text}](https://github.com/{issue[1]}/issues/{issue[2]})" if issue else prose(text)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a table; a cell is Markdown already."""
    return [_row(cells) for cells in (head, ["---"] * len(head), *rows)]


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', PIPE) for cell in cells)} |"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; *name* is its title: the file that it is about."""

    language: str
    name: str
    text: str
    start: int
    """Where its text begins in the page."""


def blocks(page: str) -> tuple[Block, ...]:
    """Return the fenced blocks of a page."""
    return tuple(_block(found) for found in _FENCE.finditer(page))


def _block(found: re.Match[str]) -> Block:
    language, _, rest = found["info"].strip().partition(" ")
    name = _TITLE.fullmatch(rest)
    return Block(language, name[1] if name else rest, found["text"], found.start("text"))
