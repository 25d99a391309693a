"""What recorded traffic of an application uses."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cozecheck import recordings
from cozecheck.contract.operations import operation
from cozecheck.exchange import Exchange
from cozecheck.scan.telling import BASICS, PARTS
from cozecheck.used import Use, UseKind

VIA = "recording"


def uses(path: Path) -> Iterator[Use]:
    """Yield what the requests of a recording use; raises UsageError for what is none."""
    for recording in recordings.read(path):
        yield from _uses(recording.exchange, path.as_posix())


def _uses(exchange: Exchange, file: str) -> Iterator[Use]:
    asked = operation(exchange.request)
    if asked is None:
        return

    def use(kind: UseKind, name: str) -> Use:
        return Use(kind, name, asked.name, file, 0, VIA)

    yield use(UseKind.OPERATION, asked.name)
    body = exchange.request.parsed.value
    for name, value in body.items() if isinstance(body, Mapping) else ():
        yield from (use(*each) for each in _parameter(str(name), value))


def _parameter(name: str, value: Any) -> Iterator[tuple[UseKind, str]]:
    if name == "model":
        yield UseKind.MODEL, str(value)
    elif name == "stream":
        yield from [(UseKind.STREAM, name)] if value is True else ()
    elif name in ("response_format", "text"):
        inner = value.get("format", value) if isinstance(value, Mapping) else {}
        kind = inner.get("type") if isinstance(inner, Mapping) else None
        yield from [(UseKind.FORMAT, kind)] if isinstance(kind, str) else ()
    elif name in BASICS:
        yield from ((UseKind.PARAMETER, PARTS[kind]) for kind in _kinds(value) if kind in PARTS)
    else:
        yield UseKind.PARAMETER, name
    if name in ("tools", "functions"):
        yield from ((UseKind.TOOL, each) for each in _tools(value))


def _tools(value: Any) -> Iterator[str]:
    for tool in value if isinstance(value, list) else ():
        inner = tool.get("function", tool) if isinstance(tool, Mapping) else {}
        yield str(inner.get("name", "*")) if isinstance(inner, Mapping) else "*"


def _kinds(value: Any) -> Iterator[str]:
    """Yield the types of the parts of messages."""
    messages = value if isinstance(value, list) else ()
    contents = (each.get("content") for each in messages if isinstance(each, Mapping))
    for content in contents:
        for part in content if isinstance(content, list) else ():
            if isinstance(part, Mapping) and isinstance(part.get("type"), str):
                yield part["type"]
