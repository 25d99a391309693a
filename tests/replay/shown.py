"""The golden set replayed against flaws: which cassette shows which, by which rule."""

import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr
from starlette.types import ASGIApp

from cozecheck import recordings
from cozecheck.findings import Level
from cozecheck.recordings import Recording
from cozecheck.replay import Course, Plan, Source, plan
from reference_server.app import create_app
from reference_server.flaws import apply
from reference_server.settings import Key, Settings, SyntheticEngine
from tests.golden import FILES, FOLDER
from tests.replay.cassettes import KEY, replayed
from tests.servers import running

TABLE = Path(__file__).with_name("shown.toml")
AFTER_WORK = frozenset({"batches/03-completed", "batches/11-completed-half-wrong"})
"""Cassettes that ask for what the server has been working on."""
SILENT = frozenset({"hang", "endless-stream"})
"""Flaws of a server that never comes to an end."""
WORK = 0.3
"""Seconds that a batch of two requests has at the bundled server."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A flaw, the cassette that shows it, and the rules that name it."""

    flaw: str
    by: str
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hidden:
    """Flaws that no recording can show, and why."""

    reason: str
    flaws: tuple[str, ...]


@cache
def table() -> dict[str, Any]:
    """Read the table as it is."""
    return tomllib.loads(TABLE.read_text("utf-8"))


def shown(severity: str) -> tuple[Shown, ...]:
    """Return the flaws that a recording shows with a severity."""
    rows = table()[severity].items()
    return tuple(Shown(flaw, row["by"], frozenset(f"diff.{rule}" for rule in row["rules"])) for flaw, row in rows)


def hidden() -> tuple[Hidden, ...]:
    """Return the classes of flaws that no recording shows."""
    return tuple(Hidden(each["reason"], tuple(each["flaws"])) for each in table()["hidden"])


@cache
def golden() -> tuple[Recording, ...]:
    """Read the golden set; an exchange has its file's name."""
    return tuple(_read(path) for path in FILES)


def _read(path: Path) -> Recording:
    (recording,) = recordings.read(path)
    name = str(path.relative_to(FOLDER).with_suffix(""))
    return replace(recording, exchange=replace(recording.exchange, id=name))


@cache
def _whole() -> Plan:
    return plan(lambda: enumerate(golden()), keyed=True)


def needed(*names: str) -> frozenset[str]:
    """Return the names of the cassettes that these need to be sent, themselves among them."""
    places = {each.exchange.id: place for place, each in enumerate(golden())}
    found: set[int] = set()
    left = [places[name] for name in names]
    while left:
        place = left.pop()
        if place not in found:
            found.add(place)
            left += _whole().steps[place].waits
    return frozenset(golden()[place].exchange.id for place in found)


def _source(names: frozenset[str]) -> Source:
    def read() -> Iterator[tuple[int, Recording]]:
        for number, each in enumerate(golden()):
            if each.exchange.id in names:
                if each.exchange.id in AFTER_WORK:
                    time.sleep(WORK)
                yield number, each

    return read


def found(*flaws: str, by: frozenset[str]) -> set[tuple[str, str, Level]]:
    """Replay the cassettes *by* against the server with *flaws*: cassettes, rules, levels."""
    settings = Settings(engines=(SyntheticEngine(name="base", token_delay=0),), keys=(Key(value=SecretStr(KEY)),))
    server: ASGIApp = create_app(settings)
    app = reduce(apply, flaws, server)
    course = Course(time.time, ask_sdk=False)
    with running(app) as base_url, TemporaryDirectory() as folder:
        journal, patience = Path(folder) / "journal", 0.5 if SILENT & {*flaws} else 5
        report = replayed(_source(by), base_url, journal, checks=(), course=course, patience=patience)
    return {(each.exchange, each.id, each.level) for each in report.findings}
