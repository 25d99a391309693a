"""Where options come from beside the command line: environment over file, checked."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cozecheck import texts
from cozecheck.errors import UsageError

FILE = Path("cozecheck.toml")
"""Read where it stands in the working directory, if no other is named."""

PROJECT = Path("pyproject.toml")
"""Read where there is no such file; its table `[tool.cozecheck]` has the options."""

PREFIX = "COZECHECK_"


class Kind(StrEnum):
    """What the value of an option is, in words."""

    TEXT = "a string"
    WHOLE = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"
    WORDS = "a list of strings"
    LINES = "a list of strings, one a line"


KEYS: Mapping[str, Kind] = {
    "base-url": Kind.TEXT,
    "model": Kind.TEXT,
    "embedding-model": Kind.TEXT,
    "image-model": Kind.TEXT,
    "speech-model": Kind.TEXT,
    "transcription-model": Kind.TEXT,
    "select": Kind.WORDS,
    "ignore": Kind.WORDS,
    "profile": Kind.TEXT,
    "baseline": Kind.TEXT,
    "uses": Kind.TEXT,
    "strict": Kind.FLAG,
    "no-sdk": Kind.FLAG,
    "operation": Kind.WORDS,
    "reference": Kind.TEXT,
    "map": Kind.WORDS,
    "pace": Kind.TEXT,
    "speed": Kind.NUMBER,
    "repeat": Kind.WHOLE,
    "noise": Kind.TEXT,
    "learn": Kind.FLAG,
    "write-noise": Kind.TEXT,
    "journal": Kind.TEXT,
    "resume": Kind.FLAG,
    "against": Kind.TEXT,
    "against-key-env": Kind.TEXT,
    "secondary": Kind.TEXT,
    "repeats": Kind.WHOLE,
    "proxy": Kind.FLAG,
    "upstream": Kind.TEXT,
    "suite": Kind.TEXT,
    "output": Kind.TEXT,
    "host": Kind.TEXT,
    "port": Kind.WHOLE,
    "twice": Kind.FLAG,
    "max-cost": Kind.NUMBER,
    "price-in": Kind.NUMBER,
    "price-out": Kind.NUMBER,
    "report": Kind.WORDS,
    "concurrency": Kind.WHOLE,
    "max-requests": Kind.WHOLE,
    "max-tokens": Kind.WHOLE,
    "timeout": Kind.NUMBER,
    "seed": Kind.WHOLE,
    "property-examples": Kind.WHOLE,
    "property-seconds": Kind.NUMBER,
    "again": Kind.TEXT,
    "header": Kind.LINES,
    "scrub": Kind.LINES,
    "force": Kind.FLAG,
    "flaw": Kind.TEXT,
    "http2": Kind.FLAG,
    "duration": Kind.NUMBER,
    "users": Kind.WHOLE,
    "rate": Kind.NUMBER,
    "sample": Kind.NUMBER,
    "slo": Kind.LINES,
    "traffic": Kind.TEXT,
    "workers": Kind.WHOLE,
    "expect-workers": Kind.WHOLE,
    "from": Kind.TEXT,
    "qps": Kind.NUMBER,
    "prompt": Kind.NUMBER,
    "replicas": Kind.WHOLE,
    "replica-price": Kind.NUMBER,
    "scan": Kind.WORDS,
    "write-profile": Kind.TEXT,
    "cassettes": Kind.WORDS,
    "load": Kind.TEXT,
    "evidence": Kind.WORDS,
    "signatures": Kind.TEXT,
    "require": Kind.WORDS,
    "previous": Kind.TEXT,
    "quiet": Kind.FLAG,
    "no-progress": Kind.FLAG,
}
"""The options that a file and the environment may set."""

SECRETS: Mapping[str, tuple[str, ...]] = {"api-key": (PREFIX + "API_KEY", "OPENAI_API_KEY")}
"""Options that stay out of files, and the variables that set them, the first one first."""

FLAGS = {**dict.fromkeys(("1", "true", "yes", "on"), True), **dict.fromkeys(("0", "false", "no", "off"), False)}


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of an option, and where it stands: what an error has to name."""

    value: Any
    origin: str


def settings(path: Path | None, environment: Mapping[str, str]) -> dict[str, Setting]:
    """Return what file and environment set, by the option's name; raises UsageError naming the place."""
    return {**load(path), **from_environment(environment)}


def load(path: Path | None) -> dict[str, Setting]:
    """Read the file at *path*, or a usual one if it is there; raises UsageError naming the file and the key."""
    chosen = path or next((each for each in (FILE, PROJECT) if each.exists()), None)
    if chosen is None:
        return {}
    return parse(texts.read(chosen), str(chosen))


def parse(text: str, where: str) -> dict[str, Setting]:
    """Read TOML; *where* is what errors call the file: of a `pyproject.toml` one table counts."""
    tables = texts.parse_toml(text, where)
    if Path(where).name == PROJECT.name:
        tables, where = _own(tables), f"{where}: tool.cozecheck"
    found: dict[str, Setting] = {}
    for key, value in tables.items():
        name = _name(key, where)
        if name in found:
            raise UsageError(f"{where}: {key}: the option is set twice, in two spellings")
        found[name] = Setting(_fitting(KEYS[name], value, f"{where}: {key}"), f"{where}: {key}")
    return found


def _own(tables: Mapping[str, Any]) -> dict[str, Any]:
    tools = tables.get("tool")
    own = tools.get("cozecheck") if isinstance(tools, dict) else None
    return own if isinstance(own, dict) else {}


def _name(key: str, where: str) -> str:
    name = key.replace("_", "-")
    if name in SECRETS:
        raise UsageError(f"{where}: {key}: secrets stay out of files; set {SECRETS[name][-1]} in the environment")
    if name not in KEYS:
        raise UsageError(f"{where}: unknown key {key!r}{_nearest(name, KEYS)}")
    return name


def _fitting(kind: Kind, value: Any, where: str) -> Any:
    if not _fits(kind, value):
        raise UsageError(f"{where}: {kind} is expected, not {value!r}")
    return value


def _fits(kind: Kind, value: Any) -> bool:
    if kind is Kind.FLAG or isinstance(value, bool):
        return kind is Kind.FLAG and isinstance(value, bool)
    if kind in (Kind.WORDS, Kind.LINES):
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, str if kind is Kind.TEXT else int if kind is Kind.WHOLE else int | float)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(known)}"


def variable(name: str) -> str:
    """Return the environment variable of an option."""
    return PREFIX + name.replace("-", "_").upper()


def from_environment(environment: Mapping[str, str]) -> dict[str, Setting]:
    """Read the options that the environment sets; an empty variable sets nothing."""
    found: dict[str, Setting] = {}
    for name in (*KEYS, *SECRETS):
        for each in SECRETS.get(name, (variable(name),)):
            if name not in found and environment.get(each):
                found[name] = Setting(_read(KEYS.get(name, Kind.TEXT), environment[each], each), each)
    return found


_READ: Mapping[Kind, Callable[[str], Any]] = {
    Kind.TEXT: str,
    Kind.WHOLE: int,
    Kind.NUMBER: float,
    Kind.FLAG: lambda text: FLAGS[text.strip().lower()],
    Kind.WORDS: lambda text: [word for word in re.split(r"[\s,]+", text) if word],
    Kind.LINES: lambda text: [line for line in text.splitlines() if line.strip()],
}


def _read(kind: Kind, text: str, where: str) -> Any:
    try:
        return _READ[kind](text)
    except (ValueError, KeyError):
        raise UsageError(f"{where}: {kind} is expected, not {text!r}") from None
