"""Documents that were right, spoilt in one place, and bytes that never were."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.spoiling import places, spoil

FUZZING: Final = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "25")),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
"""FUZZ_EXAMPLES=5000 looks longer."""
DEEP: Final = 20_000
_HERE: Final = "\x00here"
"""Stands for a value that is written by hand; its name is written by nobody."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """How values are written down, and pieces that nothing but a hand writes."""

    write: Callable[[Any], str]
    pieces: tuple[str, ...]


def toml(value: Any) -> str:
    """Write a table as TOML, what is in it on one line each."""
    return "".join(f"{json.dumps(key)} = {_inline(inner)}\n" for key, inner in value.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def lines(values: Any) -> str:
    """Write one value a line."""
    return "".join(json.dumps(each) + "\n" for each in values)


_ANY: Final = (
    *('""', '"\\ud800"', '"\\u0000\\n\\u202e"', '"http://["', '"2027-01-31"'),
    *("-1", "0", "1.5", "1e400", "9" * 5_000, "[]", "{}", "true", "[" * DEEP, "[" * DEEP + "]" * DEEP),
)
_JSON: Final = (*_ANY, "null", "NaN", '{"a": 1, "a": 2}', '{"a":' * DEEP)
_YAML: Final = (
    *("2001-13-45", "2001-01-01 25:61:61", "1:99:99", "0o9", "? ", "*a", "&a [*a]", "<<"),
    *("!!binary x", "!!int x", "!!timestamp x", "!!python/name:os.system", "!!set {x}"),
)
_TOML: Final = (
    *("nan", "inf", "2027-01-31", "2027-13-31", "0001-01-01T00:00:00-23:59", "25:61:61", "0x" + "f" * 5_000),
    *("{a = " * DEEP, "{a.b = 1}", "'''"),
)
JSON: Final = Syntax(json.dumps, _JSON)
LINES: Final = Syntax(lines, _JSON)
YAML: Final = Syntax(json.dumps, (*_JSON, *_YAML))
TOML: Final = Syntax(toml, (*_ANY, *_TOML))
OTHERS: Final[tuple[Any, ...]] = (True, 0, -1, 2**70, 0.5, "", "x" * 10_000, [], [[]], {}, {"a": {"b": 1}}, ["x"], [0])


@st.composite
def spoilt(draw: st.DrawFn, value: Any, syntax: Syntax) -> bytes:
    """Draw *value* as text, one thing in it gone, called otherwise, or another."""
    place = draw(st.sampled_from(places(value)))
    how = draw(st.sampled_from(("gone", "called otherwise", "another", "another", "by hand", "by hand")))
    piece = draw(st.sampled_from(syntax.pieces)) if how == "by hand" else ""
    new: Any = _HERE if piece else draw(st.sampled_from(OTHERS))
    if how == "called otherwise" and isinstance(place[-1], str):
        changed = spoil(value, (*place[:-1], draw(st.text(max_size=5))), new, drop=False)
    else:
        changed = value
    changed = spoil(changed, place, new, drop=how in ("gone", "called otherwise"))
    return syntax.write(changed).replace(json.dumps(_HERE), piece).encode("utf-8", "surrogatepass")


@st.composite
def garbled(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw *content* cut off, or with some bytes in the place of others."""
    at = draw(st.integers(0, len(content)))
    if draw(st.booleans()):
        return content[:at]
    piece = draw(st.binary(max_size=8) | st.sampled_from([b"\xff", b"\x00", b"\r\n", b"\xef\xbb\xbf", b"\xed\xa0\x80"]))
    return content[:at] + piece + content[at + draw(st.integers(0, 20)) :]


def anything() -> st.SearchStrategy[bytes]:
    """Draw bytes, or text of every plane."""
    return st.binary(max_size=200) | st.text(max_size=100).map(str.encode)
