"""The configuration file: options by their names, checked, to defaults of the command line."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cozecheck.errors import UsageError

FILE = Path("cozecheck.toml")
"""Read where it stands in the working directory, if no other is named."""

TEXT, WHOLE, NUMBER, FLAG, LIST = "a string", "a whole number", "a number", "true or false", "a list of strings"

KEYS: Mapping[str, str] = {
    "base-url": TEXT,
    "model": TEXT,
    "select": LIST,
    "ignore": LIST,
    "profile": TEXT,
    "baseline": TEXT,
    "strict": FLAG,
    "no-sdk": FLAG,
    "report": LIST,
    "concurrency": WHOLE,
    "max-requests": WHOLE,
    "max-tokens": WHOLE,
    "timeout": NUMBER,
    "seed": WHOLE,
    "header": LIST,
    "flaw": TEXT,
    "http2": FLAG,
    "quiet": FLAG,
    "no-progress": FLAG,
}
"""The options that a file may set, and what their values are; keys stay out of files."""


def load(path: Path | None) -> dict[str, Any]:
    """Return option names (with underscores) and values; raises UsageError naming the file and the key."""
    chosen = path or (FILE if FILE.is_file() else None)
    if chosen is None:
        return {}
    try:
        return parse(chosen.read_text("utf-8"), str(chosen))
    except OSError as error:
        raise UsageError(f"{chosen}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{chosen}: is not UTF-8 text") from None


def parse(text: str, where: str) -> dict[str, Any]:
    """Read TOML; *where* is what errors call the file."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{where}: not TOML: {error}") from None
    return {_name(key, where): _value(key, value, where) for key, value in given.items()}


def _name(key: str, where: str) -> str:
    if key.replace("_", "-") not in KEYS:
        secret = "; keys are given by --api-key or OPENAI_API_KEY, never in a file" if "key" in key else ""
        raise UsageError(f"{where}: unknown key {key!r}{secret or _nearest(key, KEYS)}")
    return key.replace("-", "_")


def _value(key: str, value: Any, where: str) -> Any:
    kind = KEYS[key.replace("_", "-")]
    if not _fits(kind, value):
        raise UsageError(f"{where}: {key}: {kind} is expected, not {value!r}")
    return value


def _fits(kind: str, value: Any) -> bool:
    if kind == FLAG or isinstance(value, bool):
        return kind == FLAG and isinstance(value, bool)
    if kind == LIST:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, {TEXT: str, WHOLE: int, NUMBER: int | float}[kind])


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(known)}"
