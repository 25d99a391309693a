"""YAML and JSON to plain values; no tag runs code, nothing grows without bound."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from cozecheck.errors import UsageError

MAX_DEPTH: Final = 100
MAX_NODES: Final = 5_000_000
"""Values a document may hold, each counted as often as aliases repeat it, a text once more for every 100 characters."""

_BINARY: Final = ("tag:yaml.org,2002:binary", "!binary")
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})")
_FLOAT: Final = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?")
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def parse_json(text: bytes, where: str) -> Any:
    """Return the value of a JSON text; raises UsageError, naming *where*."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not JSON ({error})") from None


def parse_yaml(text: bytes, where: str) -> Any:
    """Return the value of a YAML text, its first document; raises UsageError, naming *where*."""
    # Built from the parser's events, and not by one of PyYAML's constructors: those run out of the C stack on
    # deep documents, and some run what a tag names.
    builder = _Builder(where)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.add(event)
            if isinstance(event, yaml.DocumentEndEvent):
                break
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
        raise UsageError(f"{where}: not YAML ({problem}{line})") from None
    except ValueError as error:
        raise UsageError(f"{where}: not YAML ({error})") from None
    return builder.value


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Builder:
    """Puts values together from the events of a parser."""

    def __init__(self, where: str) -> None:
        self.value: Any = None
        self._where = where
        self._open: list[_Node] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = 0

    def add(self, event: Any) -> None:
        """Take in one event."""
        if isinstance(event, yaml.ScalarEvent):
            self._put(_scalar(event), event.anchor, 1 + len(event.value) // 100)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(self._open) >= MAX_DEPTH:
                raise UsageError(f"{self._where}: nested more than {MAX_DEPTH} deep")
            self._open.append(_Node(isinstance(event, yaml.MappingStartEvent), event.anchor, self._nodes))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            node = self._open.pop()
            self._put(node.value(), node.anchor, 1, self._nodes - node.begun)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise UsageError(f"{self._where}: the alias *{event.anchor} stands for nothing")
            value, size = self._anchors[event.anchor]
            self._put(value, None, size)

    def _put(self, value: Any, anchor: str | None, size: int, within: int = 0) -> None:
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise UsageError(f"{self._where}: more than {MAX_NODES:,} values")
        if anchor:
            self._anchors[anchor] = (value, size + within)
        if self._open:
            self._open[-1].parts.append(value)
        else:
            self.value = value


class _Node:
    """A mapping or a sequence while its parts come."""

    def __init__(self, is_mapping: bool, anchor: str | None, begun: int) -> None:  # noqa: FBT001
        self.is_mapping = is_mapping
        self.anchor = anchor
        self.begun = begun
        self.parts: list[Any] = []

    def value(self) -> Any:
        """Return what it is; a key is a text, whatever was written."""
        if not self.is_mapping:
            return self.parts
        return {_key(key): value for key, value in _pairs(self.parts)}


def _pairs(parts: list[Any]) -> Iterator[tuple[Any, Any]]:
    return zip(parts[::2], parts[1::2], strict=False)


def _key(value: Any) -> str:
    """Old cassettes of aiohttp write a header's name as a call: `[Content-Type]`."""
    while isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, str) else str(value)[:100] if isinstance(value, int | float) else ""


def _scalar(event: Any) -> Any:
    if event.tag in _BINARY:
        return base64.b64decode(re.sub(r"\s", "", event.value), validate=True)
    if event.tag is not None or not event.implicit[0]:
        return event.value
    return plain(event.value)


def plain(text: str) -> Any:
    """Return what an unquoted scalar means: null, true, false, a number, else its text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
