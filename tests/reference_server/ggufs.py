"""GGUF files written for tests: a head, and nothing that could be run."""

import struct
from pathlib import Path
from typing import Any

STRING, LIST, NUMBER = 8, 9, 4
HEAD: dict[str, Any] = {
    "general.architecture": "llama",
    "general.file_type": 7,
    "general.license": "mit",
    "llama.context_length": 2048,
    "llama.block_count": 2,
    "llama.embedding_length": 64,
    "llama.attention.head_count": 8,
    "llama.attention.head_count_kv": 4,
}


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def value(given: Any) -> bytes:
    if isinstance(given, str):
        return struct.pack("<I", STRING) + text(given)
    if isinstance(given, list):
        kind = STRING if given and isinstance(given[0], str) else NUMBER
        elements = b"".join(text(each) if kind == STRING else struct.pack("<I", each) for each in given)
        return struct.pack("<IIQ", LIST, kind, len(given)) + elements
    return struct.pack("<II", NUMBER, given)


def gguf(**changes: Any) -> bytes:
    """A file with these fields besides, or in the place of, the usual ones; dots are written `__`."""
    fields = {**HEAD, **{name.replace("__", "."): each for name, each in changes.items()}}
    body = b"".join(text(name) + value(each) for name, each in fields.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(fields)) + body


def write(path: Path, **changes: Any) -> Path:
    path.write_bytes(gguf(**changes))
    return path
