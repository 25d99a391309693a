"""Whatever is in a file that we read: what it says, or one clear error."""

import json
import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import typer
from hypothesis import given as drawn_from
from hypothesis import strategies as st

from cozecheck import replay as replaying
from cozecheck.checks import ALL
from cozecheck.cli import app, reports, selection
from cozecheck.errors import CozecheckError
from cozecheck.load import Changes, decide, measuring, planned, profiles, result
from cozecheck.load.watching import Tail
from cozecheck.plan import road as planning
from cozecheck.planned import Wanted
from cozecheck.probe import Endpoint
from cozecheck.properties import failures
from cozecheck.render import json as as_json
from cozecheck.render import text
from cozecheck.replay import ModelMap, asking
from cozecheck.replay import noise as noises
from cozecheck.replay.journal import Journal
from cozecheck.replay.ledger import Ledger
from cozecheck.replay.sources import source
from cozecheck.scenarios import Subject
from generator import traffic as sending
from tests.examples import exchange
from tests.fuzz.spoiling import FUZZING, JSON, LINES, TOML, YAML, Syntax, anything, garbled, spoilt
from tests.load.results import HEALTH, histogram
from tests.plan import test_plan
from tests.recordings.test_jsonlines import entry
from tests.render.examples import every_outcome
from tests.render.loads import loaded
from tests.replay import test_journal
from tests.replay.cassettes import HEADING

TARGET = Endpoint("http://127.0.0.1:9/v1", "sk-x")
SUBJECT = Subject("gpt-4o-mini")
MADE = exchange({}, {"id": "conv_1"})
PROFILES = files("cozecheck") / "data" / "load"


@dataclass(frozen=True, slots=True)
class Reader:
    """What a file of ours is called, what may stand in it, and how it is read, as far as its command would."""

    name: str
    syntax: Syntax
    example: Any
    read: Callable[[Path], object]


def context(*arguments: str) -> typer.Context:
    """Parse a command line, run nothing."""
    group: Any = typer.main.get_command(app)
    with group.make_context("cozecheck", list(arguments)) as root:
        command = group.commands[arguments[0]]
        parsed: typer.Context = command.make_context(arguments[0], list(arguments[1:]), parent=root)
    return parsed


def settings(path: Path) -> None:
    with suppress(typer.TyperException):  # ours too: a value that no option takes
        context("conformance", "--config", str(path))


def accepted(path: Path) -> None:
    selection.order(
        JUDGING, profile="all", wanted=(), unwanted=(), strict=False, reports=(), baseline=path, others=("a",)
    )


JUDGING = context("judge", "x.yaml")


def profile(path: Path) -> None:
    decided = decide(profiles.named(str(path)), Changes(duration=10, sample=0.5))
    planned(decided)


def traffic(path: Path) -> None:
    decide(profiles.named("trace"), Changes(traffic=path))


def given(path: Path) -> None:
    sending.arrivals(sending.from_file(path, "m", "e"), 2.0)


def recorded(path: Path) -> None:
    sending.arrivals(sending.recorded(path, "m", "e"), 2.0)


def replayed(path: Path) -> None:
    kept = source((path,))
    steps = replaying.plan(kept, keyed=True).steps
    for step, (_, recording) in zip(steps, kept(), strict=True):
        if not step.obstacle:
            TARGET.request(asking.asking(recording.exchange, ModelMap((("gpt*", "mine"),)), {"resp_1": "resp_2"}))


def generated(path: Path) -> None:
    measured = result.read(path.parent)
    assert measured is not None
    list(measuring.measures(measured))


def report(path: Path) -> None:
    reports.read(path)


def _wanted(prompt: float, output: float) -> Wanted:
    return Wanted(5.0, prompt or 1.0, output or 1.0)


def plan(path: Path) -> None:
    course = planning.Course(float, requests=20)
    made = planning.run(reports.read(path), "it", _wanted, course)
    text.render(made, colour=False, width=100)
    as_json.render(made)


def seconds(path: Path) -> None:
    list(Tail(path).lines())


def journal(path: Path) -> None:
    ledger = Ledger((*ALL, replace(ALL[0], id="chat.id")))
    with Journal(path, HEADING, resume=True) as found, found.blaming():
        for entry in found.done():
            ledger.add(entry)


def failure(path: Path) -> None:
    folder = path.parent / "x"
    (folder / failures.FAILURES).mkdir(parents=True, exist_ok=True)
    path.replace(folder / failures.FAILURES / path.name)
    kept = failures.read(path.stem, folder)
    steps = failures.scenario(kept, folder).steps(SUBJECT)
    with suppress(StopIteration):
        send = next(steps)
        while True:
            TARGET.request(send)
            send = steps.send(MADE)


def written() -> list[Any]:
    """Return the lines of a journal."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        test_journal.written(path, test_journal.FULL, test_journal.SHORT)
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


SETTINGS = {
    "base-url": "http://127.0.0.1:1/v1",
    "select": ["chat", "usage.*"],
    "strict": True,
    "concurrency": 4,
    "timeout": 2.5,
    "header": ["A: b, c"],
    "seed": 7,
}
ACCEPTED = {
    "id": ALL[0].id,
    "reason": "the proxy is replaced in January",
    "link": "https://example.com/issues/7",
    "expires": date(2027, 1, 31),
    "scenario": "chat.*",
    "target": "*:8080/*",
}
NOISE = {
    "noise": [
        {"path": "/choices/*/message/**", "reason": "why", "operation": "chat.*", "severity": "cosmetic", "seen": 2},
        {"path": "header *", "reason": "why", "rule": "diff.value.*", "of": 3},
    ]
}
RESULT = {
    "started": 1.5,
    "seconds": 30.0,
    "operations": {"chat": {"started": 2, "finished": 2, "histograms": {"ttft": histogram(0.1, 0.2).to_text()}}},
    "errors": [{"operation": "chat", "kind": "status 503", "detail": "so", "count": 1}],
    "series": [{"at": 0.0, "finished": 2, "failed": 0}],
    "health": HEALTH,
    "workers": [{"id": "a", "joined_at": 0.1, "lost_at": None, "requests": 2}],
    "search": None,
    "observations": [],
}
FAILURE: dict[str, Any] = {
    "schema": 1,
    "id": "p00000000",
    "check": "properties.no-server-error",
    "operation": "chat.completions.create",
    "mutation": "wrong-type",
    "param": "n",
    "model": "gpt-4o-mini",
    "send": {
        "method": "POST",
        "path": "/chat/completions",
        "headers": [["content-type", "application/json"]],
        "json": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi."}], "n": "1"},
    },
}
LIFE = {
    **{key: FAILURE[key] for key in ("schema", "id", "check")},
    "resource": "conversations.items",
    "steps": [
        {"verb": "make", "of": None, "limit": 0, "order": "", "after": None},
        {"verb": "list", "of": None, "limit": 2, "order": "asc", "after": 0},
        {"verb": "strange-drop", "of": 0, "limit": 0, "order": "", "after": None},
    ],
}
PACKED = {**FAILURE, "send": {**FAILURE["send"], "base64": "e30="}}
RECORDED = [
    entry({"body": json.dumps({"model": "gpt-4o", "messages": [], "stream": True})}, at=1.5),
    entry(
        {"url": "https://h/v1/responses?a=b", "body": '{"input": "Hi.", "previous_response_id": "resp_1"}'},
        {"body": '{"id": "resp_9", "object": "response", "output": [{"id": "msg_1"}]}'},
        at=2.5,
        notes={"take": 1},
    ),
    entry({"method": "GET", "url": "https://h/v1/responses/resp_9"}, {"body": '{"id": "resp_9"}'}, at=3.5),
]
BODIES = [
    {"url": "/v1/responses", "body": {"model": "m", "input": "Hi.", "stream": True}, "at": 1.5},
    {"url": "/v1/embeddings", "body": {"model": "m", "input": "Hi."}, "at": 2.5},
]

READERS = {
    "settings": Reader("cozecheck.toml", TOML, SETTINGS, settings),
    "baseline": Reader("baseline.toml", TOML, {"accepted": [ACCEPTED]}, accepted),
    "load profile": Reader("own.toml", TOML, tomllib.loads((PROFILES / "ramp.toml").read_text("utf-8")), profile),
    "load search": Reader("own.toml", TOML, tomllib.loads((PROFILES / "stress.toml").read_text("utf-8")), profile),
    "noise": Reader("noise.yaml", YAML, NOISE, noises.read),
    "report": Reader("report.json", JSON, json.loads(as_json.render(every_outcome())), report),
    "report to plan with": Reader("report.json", JSON, json.loads(as_json.render(test_plan.report())), plan),
    "load report": Reader("report.json", JSON, json.loads(as_json.render(loaded())), report),
    "journal": Reader("journal.jsonl", LINES, written(), journal),
    "kept failure": Reader("p00000000.json", JSON, FAILURE, failure),
    "kept failure, packed": Reader("p00000000.json", JSON, PACKED, failure),
    "kept failure of several steps": Reader("p00000000.json", JSON, LIFE, failure),
    "traffic": Reader("traffic.jsonl", LINES, BODIES, traffic),
    "traffic, read": Reader("traffic.jsonl", LINES, BODIES, given),
    "traffic, recorded": Reader("kept.jsonl", LINES, RECORDED, recorded),
    "recording, sent again": Reader("kept.jsonl", LINES, RECORDED, replayed),
    "generator's result": Reader("result.json", JSON, RESULT, generated),
    "generator's seconds": Reader("live.jsonl", LINES, [{"at": 0.0, "finished": 2, "failed": 0}] * 2, seconds),
}


def holds(reader: Reader, folder: Path, content: bytes) -> None:
    """Read it, or complain in our own words."""
    path = folder / reader.name
    path.write_bytes(content)
    with suppress(CozecheckError):
        reader.read(path)


@pytest.mark.parametrize("name", READERS)
def test_what_is_right_is_read(name: str, tmp_path: Path) -> None:
    reader = READERS[name]
    path = tmp_path / reader.name
    path.write_text(reader.syntax.write(reader.example), "utf-8")
    reader.read(path)


@pytest.mark.parametrize("name", READERS)
@FUZZING
@drawn_from(content=anything())
def test_bytes_of_any_kind(name: str, content: bytes, tmp_path: Path) -> None:
    holds(READERS[name], tmp_path, content)


@pytest.mark.parametrize("name", READERS)
@FUZZING
@drawn_from(data=st.data())
def test_what_is_spoilt_in_one_place(name: str, data: st.DataObject, tmp_path: Path) -> None:
    reader = READERS[name]
    holds(reader, tmp_path, data.draw(spoilt(reader.example, reader.syntax)))


@pytest.mark.parametrize("name", READERS)
@FUZZING
@drawn_from(data=st.data())
def test_what_is_garbled(name: str, data: st.DataObject, tmp_path: Path) -> None:
    reader = READERS[name]
    holds(reader, tmp_path, data.draw(garbled(reader.syntax.write(reader.example).encode())))
