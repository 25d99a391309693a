"""A small server, and a way to ask it message by message."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from pydantic import SecretStr
from starlette.types import ASGIApp, Message

from reference_server.app import create_app
from reference_server.settings import Key, Model, Route, Settings, SyntheticEngine

KEY = "sk-the-right-key"
SMALL = Settings(
    models=(Model(id="alpha"), Model(id="beta")),
    routes=(Route(pattern="alpha|beta"),),
    keys=(Key(value=SecretStr(KEY)),),
    engines=(SyntheticEngine(name="base", context_length=200),),
)
HELLO = {"role": "user", "content": "Hello"}
WITH_KEY = {"authorization": f"Bearer {KEY}"}


@dataclass(frozen=True)
class Ask:
    """A request; `leave_after` is the number of body messages after which the client leaves."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: WITH_KEY)
    leave_after: int | None = None


@dataclass
class Answer:
    """What came back, one piece for each body message."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def seen(self) -> tuple[object, ...]:
        """What a client can tell one answer from another by, but for how long it took."""
        headers = {name: value for name, value in self.headers.items() if name != "openai-processing-ms"}
        comes_in_pieces = len(self.pieces) > 2 and "event-stream" in self.headers.get("content-type", "")
        return self.status, headers, self.body, comes_in_pieces


def ask_chat(*, headers: Mapping[str, str] = WITH_KEY, leave_after: int | None = None, **fields: Any) -> Ask:
    """A chat request to alpha that says hello, but for the fields given."""
    body = json.dumps({"model": "alpha", "messages": [HELLO], **fields}).encode()
    return Ask("POST", "/v1/chat/completions", body, headers, leave_after)


async def ask(app: ASGIApp, request: Ask, answer: Answer | None = None) -> Answer:
    """Send one request; what came before an exception stays in `answer`."""
    answer = answer or Answer()
    left = asyncio.Event()
    unread: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Message:
        if unread:
            return unread.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers.update({name.decode(): value.decode() for name, value in message["headers"]})
        else:
            answer.pieces.append(message.get("body", b""))
        if len(answer.pieces) == request.leave_after:
            left.set()

    if request.leave_after == 0:
        left.set()
    headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http",
        "method": request.method, "path": request.path, "raw_path": request.path.encode(), "query_string": b"",
        "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    return answer


def server(flaw: str | None = None) -> ASGIApp:
    """The small server: whatever is random or of the hour is the same in each."""
    return create_app(SMALL, clock=lambda: 1_790_000_000.0, entropy=Random(0), flaw=flaw)


def answers(flaw: str | None, requests: Mapping[str, Ask]) -> dict[str, Answer]:
    """Send each request to a server of its own, so that equal requests get equal bytes."""

    async def converse() -> dict[str, Answer]:
        return {name: await ask(server(flaw), request) for name, request in requests.items()}

    return asyncio.run(converse())


def answer_to(request: Ask, flaw: str | None = None) -> Answer:
    """Send one request to a new server."""
    return answers(flaw, {"it": request})["it"]
