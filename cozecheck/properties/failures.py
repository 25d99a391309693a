"""Failures on disk: the smallest request of each, to be sent again."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cozecheck.checks import ALL, Check
from cozecheck.checks.successors import current
from cozecheck.contract.mutations import MUTATIONS
from cozecheck.curl import curl
from cozecheck.errors import UsageError
from cozecheck.masking import excerpt
from cozecheck.properties.exploring import Failing
from cozecheck.properties.planning import streams, titled, twin, wire
from cozecheck.properties.searching import remembered
from cozecheck.scenarios import Scenario, Send, Subject
from cozecheck.scenarios.sending import Steps
from cozecheck.strategies import Case, illegal, legal
from cozecheck.views.cases import SCENARIO, TWINS

FOLDER = Path(".cozecheck")
FAILURES, EXAMPLES = "failures", "examples"
PREFIX = "failure."
"""What the id of a failure's scenario begins with."""
SCHEMA = 1
_ID = re.compile(r"p[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A failure as it was kept: its check, and the case that showed it."""

    id: str
    check: Check
    case: Case
    model: str


def write(failing: Failing, model: str, folder: Path) -> Path | None:
    """Keep a failure under *folder*; return the file, None where no single request is to blame. Raises OSError."""
    case, departure = failing.case, failing.departure
    if case is None:
        return None
    path = folder / FAILURES / f"{failing.cause.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    problem = departure.problem
    told = {
        "schema": SCHEMA,
        "id": failing.cause.id,
        "check": departure.check.id,
        "requirement": departure.check.requirement,
        "operation": case.operation,
        "mutation": case.mutation,
        "param": case.param,
        "model": model,
        "expected": excerpt(problem.expected),
        "actual": excerpt(problem.actual),
        "send": _written(case.send),
        "curl": curl(departure.exchange.request, masked=False),
    }
    path.write_text(json.dumps(told, ensure_ascii=True, indent=2) + "\n", "utf-8")
    return path


def _written(send: Send) -> dict[str, Any]:
    head = {"method": send.method, "path": send.path, "headers": [list(line) for line in send.headers]}
    if send.json is not None:
        return {**head, "json": send.json}
    return {**head, "base64": base64.b64encode(send.body).decode()}


def ids(folder: Path) -> list[str]:
    """Return the ids of the failures under *folder*."""
    return sorted(path.stem for path in (folder / FAILURES).glob("p*.json") if _ID.fullmatch(path.stem))


def read(id: str, folder: Path) -> Kept:
    """Read the failure called *id*; raises UsageError where there is none, or where it cannot be read."""
    path = folder / FAILURES / f"{id}.json"
    if not _ID.fullmatch(id) or not path.is_file():
        raise UsageError(f"no failure is called {id!r}; in {path.parent} there are: {', '.join(ids(folder)) or 'none'}")
    try:
        return _kept(id, json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read as a failure: {type(error).__name__}: {error}") from None


def _kept(id: str, told: Mapping[str, Any]) -> Kept:
    checks = {each.id: each for each in ALL}
    operation, mutation, param = (_text(told, name) for name in ("operation", "mutation", "param"))
    case = Case(operation, _read(told["send"], operation), mutation, param)
    name = current(_text(told, "check"))
    if name not in checks:
        raise ValueError(f"no check is called {name!r}")
    if mutation and mutation not in MUTATIONS:
        raise ValueError(f"no mutation is called {mutation!r}")
    return Kept(id, checks[name], case, _text(told, "model"))


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no string")
    return value


def _read(told: Mapping[str, Any], name: str) -> Send:
    method, path = _text(told, "method"), _text(told, "path")
    headers = tuple((str(key), str(value)) for key, value in told.get("headers", ()))
    if "json" in told:
        return Send(name, method, path, json=dict(told["json"]), headers=headers)
    content = base64.b64decode(_text(told, "base64"), validate=True)
    return Send(name, method, path, content=content, headers=headers)


def scenario(kept: Kept, folder: Path) -> Scenario:
    """Return the scenario that sends a failure again, and what else failed likewise while it was made small."""

    def steps(subject: Subject) -> Steps:
        case = _spoken_to(kept, subject)
        strategy = (illegal if case.mutation else legal)(case.operation, subject)
        others = remembered(strategy, folder / EXAMPLES, kept.id)
        alone = {wire(case.send): case for case in (*others, case)}
        for number, each in enumerate((case, *(other for other in alone.values() if other is not case))):
            for name, send in _sends(each, paired=kept.check.view is None and not number):
                yield replace(send, name=name)

    paired = kept.check.view is None
    return Scenario(TWINS if paired else SCENARIO, f"the failure {kept.id}", (kept.check.id,), steps)


def _spoken_to(kept: Kept, subject: Subject) -> Case:
    """Return the case, with the model that is asked now in place of the one that was."""
    body = kept.case.send.json
    if body is None or body.get("model") != kept.model:
        return kept.case
    return replace(kept.case, send=replace(kept.case.send, json={**body, "model": subject.model}))


def _sends(case: Case, *, paired: bool) -> Iterator[tuple[str, Send]]:
    """Yield what is sent for a case: of twins both, twice, as the relation calls them."""
    send, other = titled(case), twin(case)
    if not paired or other is None:
        yield send.name, send
        return
    one, two = ("stream", "body") if streams(case) else ("body", "stream")
    for again in ("", " again"):
        yield one + again, send
        yield two + again, other
