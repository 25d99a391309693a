"""The head of a GGUF file: what a model says of itself."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MOST_BYTES = 128 * 1024 * 1024
"""Of a head; the largest vocabularies take some 20 MB."""
SHORT_LIST = 1024
"""Elements of a list that is kept; vocabularies are longer."""
NUMBERS: Mapping[int, str] = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, LIST = 8, 9
HALF = 2
"""Bytes of a number in the cache of keys and values."""
QUANTIZATIONS: Mapping[int, str] = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0",
}  # fmt: skip


class NotGgufError(ValueError):
    """A file that is no GGUF, or is cut off in its head."""


class Head(NamedTuple):
    """Sizes in bytes, the context in tokens; `per_token` is what one token takes in the cache of keys and values."""

    size: int
    architecture: str
    quantization: str
    licence: str
    context_length: int
    per_token: int


def read_head(path: Path) -> Head:
    """Read a file's head; NotGgufError where it has none, OSError where it can't be read."""
    with path.open("rb") as file:
        try:
            fields = Reader(file).fields()
        except (struct.error, UnicodeDecodeError, KeyError) as error:
            raise NotGgufError("is cut off, or no GGUF") from error
    kind = str(fields.get("general.architecture", ""))
    return Head(
        size=path.stat().st_size,
        architecture=kind,
        quantization=QUANTIZATIONS.get(whole(fields.get("general.file_type"), -1), "unknown"),
        licence=str(fields.get("general.license", "unknown")),
        context_length=whole(fields.get(f"{kind}.context_length")),
        per_token=cached(fields, kind),
    )


class Reader:
    """Reads values one after the other, and no more of them than a head has."""

    def __init__(self, file: BinaryIO) -> None:
        """Begin at the first byte."""
        self._file = file
        self._left = MOST_BYTES

    def fields(self) -> dict[str, Any]:
        """Read all values by their names; long lists are None."""
        if self._bytes(4) != MAGIC or self._number("I") not in VERSIONS:
            raise NotGgufError("is no GGUF of version 2 or 3")
        self._number("Q")
        return {self._text(): self._value(self._number("I")) for _ in range(self._number("Q"))}

    def _value(self, kind: int) -> Any:
        if kind == STRING:
            return self._text()
        return self._list() if kind == LIST else self._number(NUMBERS[kind])

    def _list(self) -> list[Any] | None:
        kind, length = self._number("I"), self._number("Q")
        if length <= SHORT_LIST:
            return [self._value(kind) for _ in range(length)]
        if kind in NUMBERS:
            self._bytes(length * struct.calcsize(NUMBERS[kind]))
            return None
        for _ in range(length):
            self._value(kind)
        return None

    def _text(self) -> str:
        return self._bytes(self._number("Q")).decode()

    def _number(self, code: str) -> Any:
        return struct.unpack(f"<{code}", self._bytes(struct.calcsize(code)))[0]

    def _bytes(self, size: int) -> bytes:
        self._left -= size
        if self._left < 0:
            raise NotGgufError(f"has a head of more than {MOST_BYTES} bytes")
        return self._file.read(size)


def cached(fields: Mapping[str, Any], kind: str) -> int:
    """Return the bytes of one token's keys and values, in all layers."""

    def said(name: str) -> Any:
        return fields.get(f"{kind}.{name}")

    heads = most(said("attention.head_count"))
    width = whole(said("embedding_length")) // max(heads, 1)
    wide = whole(said("attention.key_length"), width) + whole(said("attention.value_length"), width)
    return whole(said("block_count")) * (most(said("attention.head_count_kv")) or heads) * wide * HALF


def most(value: Any) -> int:
    """Return a number, or the largest of a number for each layer."""
    return max(map(whole, value), default=0) if isinstance(value, list) else whole(value)


def whole(value: Any, otherwise: int = 0) -> int:
    """Return a whole number that is not negative."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise
