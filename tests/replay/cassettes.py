"""Builders: recordings in memory and on disk, servers that remember, a replay in this process."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from cozecheck import diff
from cozecheck.checks import ALL, Check
from cozecheck.exchange import Exchange
from cozecheck.findings import Report
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.recordings import Recording
from cozecheck.replay import Course, Heading, Journal, ModelMap, Plan, Server, Sides, Source, Yardstick, plan, run
from tests.examples import exchange
from tests.servers import running

OPENAI = "https://api.openai.com/v1"
KEY = "sk-candidate-0123456789abcdef"
HEADING = Heading("cassettes", "target", "options")


def recorded(
    asked: Any = None, answered: Any = None, *, id: str = "", at: float | None = None, **more: Any
) -> Recording:
    """Build a recording of api.openai.com; *notes* and what `exchange` takes may be given."""
    notes = more.pop("notes", {})
    path = more.pop("path", "/chat/completions")
    whole = exchange(asked, answered, path=path if path.startswith("http") else OPENAI + path, **more)
    return Recording(replace(whole, id=id), "jsonl", at=at, notes=notes)


def source(*recordings: Recording, files: Sequence[int] = ()) -> Source:
    """Return what reads *recordings*, all of one file unless *files* numbers theirs."""
    named = [
        replace(each, exchange=replace(each.exchange, id=each.exchange.id or str(number)))
        for number, each in enumerate(recordings)
    ]
    return lambda: zip(files or [0] * len(named), named, strict=True)


def write(path: Path, *exchanges: Exchange) -> None:
    """Write exchanges as JSON lines."""
    path.write_text("".join(json.dumps(_line(each)) + "\n" for each in exchanges), "utf-8")


def _line(whole: Exchange) -> dict[str, Any]:
    assert whole.response is not None
    request, response = whole.request, whole.response
    return {
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": {name: [value] for name, value in request.headers.lines},
            "body": request.body.decode(),
        },
        "response": {
            "status": response.status,
            "headers": {name: [value] for name, value in response.headers.lines if name.lower() != "content-encoding"},
            "body": response.content.decode(),
        },
    }


@dataclass
class Asked:
    """A request as a server got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Target:
    """An ASGI app that keeps what it is asked, and answers with what *answer* makes of it: status and JSON."""

    answer: Callable[[Asked], tuple[int, Any]]
    asked: list[Asked] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        sent = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        path = scope["path"].removeprefix("/v1") + query
        asked = Asked(scope["method"], path, sent, json.loads(body) if body[:1] == b"{" else body)
        status, value = (200, {"object": "list", "data": []}) if path == "/models" else await self._answer(asked)
        said = json.dumps(value).encode()
        lines = {"content-type": "application/json", "content-length": str(len(said)), "x-request-id": "req_2"}
        headers = [(name.encode(), line.encode()) for name, line in lines.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": said})

    async def _answer(self, asked: Asked) -> tuple[int, Any]:
        self.asked.append(asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        return self.answer(asked)


@contextmanager
def serving(answer: Callable[[Asked], tuple[int, Any]]) -> Iterator[tuple[Target, str]]:
    """Serve for as long as the block lasts; gives the target and its base URL."""
    target = Target(answer)
    with running(target) as base_url:
        yield target, base_url


def replayed(
    recordings: Source,
    base_url: str,
    journal: Path,
    *,
    checks: Sequence[Check] = ALL,
    models: Mapping[str, str] | None = None,
    noise: diff.Noise | None = None,
    resume: bool = False,
    originals: Sequence[str] = (),
    course: Course | None = None,
    planned: Plan | None = None,
    patience: float = 5,
) -> Report:
    """Replay against a server, and against live originals where there are any."""
    renaming = ModelMap(tuple((models or {}).items()))
    yardstick = Yardstick(diff.RULES, noise or diff.Noise())

    async def drive() -> Report:
        limits = Limits.within(patience)
        async with AsyncExitStack() as stack:
            endpoints = (Endpoint(url, KEY) for url in (base_url, *originals))
            probe, *others = [await stack.enter_async_context(Probe(each, limits)) for each in endpoints]
            sides = Sides(Server(probe, renaming), *map(Server, others))
            with Journal(journal, HEADING, resume=resume) as kept:
                steps = planned or plan(recordings, keyed=True)
                return await run(recordings, steps, sides, checks, yardstick, kept, course or Course(time.time))

    return asyncio.run(drive())
