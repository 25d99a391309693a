"""Coze as its documents and Studio's source describe it: two dialects, no bot behind it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from reference_server.engines.answers import obeyed, prose
from reference_server.engines.pieces import cut
from reference_server.engines.tokenizer import encode
from tests.reference_server.coze_rules import Dialect, problem

Json = dict[str, Any]
Step = tuple[str, Any]
"""An event's name, and its data: JSON, or text as it is."""
KEY = "pat_0123456789abcdef"
BOT = "7348293334459300001"
NOW = 1_795_000_000
PACE = 0.001
"""Seconds between events."""
TOOL = "get_weather"


@dataclass
class Run:
    """One chat."""

    id: str
    conversation: str
    body: Json
    status: str
    said: list[Json] = field(default_factory=list)
    usage: Json | None = None


Script = Callable[["FakeCoze", Run], Iterable[Step]]


class Telling(StreamingResponse):
    """A stream of events; `closed` is set when it has ended, or its client has left."""

    def __init__(self, pieces: AsyncIterator[bytes], closed: Event, headers: Mapping[str, str]) -> None:
        super().__init__(pieces, headers=headers, media_type="text/event-stream")
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._closed.set()


class FakeCoze:
    """A server of one dialect. `script` says what happens in a chat, `failing` what every chat is answered instead."""

    def __init__(self, dialect: Dialect, script: Script | None = None, failing: Response | None = None) -> None:
        self.dialect = dialect
        self.script = script or answering
        self.failing = failing
        self.runs: list[Run] = []
        self.queries: list[Json] = []
        self.ports: list[int] = []
        self.uploads: list[tuple[str, bytes]] = []
        self.outputs: list[Json] = []
        self.cancelled: list[Json] = []
        self.retrieved = 0
        self.probed = 0
        self.told = 0
        self.closed = Event()
        both = ["GET", "POST"] if dialect == "cloud" else ["GET"]
        routes = [
            Route("/v3/chat", self._chat, methods=["POST"]),
            Route("/v3/chat/retrieve", self.retrieve, methods=both),
            Route("/v3/chat/message/list", self._messages, methods=both),
            Route("/v3/chat/cancel", self._cancel, methods=["POST"]),
            Route("/v1/files/upload", self._upload, methods=["POST"]),
            Route("/v1/bot/get_online_info", self._bot, methods=["GET"]),
        ]
        if dialect == "cloud":
            routes.append(Route("/v3/chat/submit_tool_outputs", self._submit, methods=["POST"]))
        self.app = Starlette(routes=routes)

    @property
    def bodies(self) -> list[Json]:
        return [run.body for run in self.runs]

    def refusal(self) -> Response | None:
        """What a chat is answered in the place of what happens in it."""
        return self.failing

    def chat(self, run: Run, **more: Any) -> Json:
        """A Chat object."""
        return {
            "id": run.id,
            "conversation_id": run.conversation,
            "bot_id": run.body["bot_id"],
            "created_at": NOW,
            "last_error": {"code": 0, "msg": ""},
            "status": run.status,
            "section_id": run.conversation,
            **more,
        }

    def message(self, run: Run, kind: str, content: str, number: int = 1, **more: Any) -> Json:
        """A Message object."""
        return {
            "id": f"{run.id}{number:03}",
            "conversation_id": run.conversation,
            "bot_id": run.body["bot_id"],
            "chat_id": run.id,
            "role": "assistant",
            "type": kind,
            "content": content,
            "content_type": "text",
            "meta_data": {},
            **more,
        }

    async def _chat(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        body = await request.json()
        self.queries.append(dict(request.query_params))
        self.ports.append(request.client.port if request.client else 0)
        if wrong := problem(body, self.dialect):
            return self.error(4000 if self.dialect == "cloud" else 103000000, wrong)
        number = 7_380_000_000_000_000_000 + len(self.runs)
        conversation = request.query_params.get("conversation_id") or str(number + 10**15)
        streams = body.get("stream", self.dialect == "studio")
        run = Run(str(number), conversation, body, "in_progress" if self.dialect == "cloud" else "created")
        self.runs.append(run)
        if refusal := self.refusal():
            return refusal
        if streams:
            return self._streamed(self.script(self, run))
        answer = self._json(self.chat(run))
        run.said = [data for name, data in self.script(self, run) if name == "conversation.message.completed"]
        return answer

    async def _submit(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        run = self._run(dict(request.query_params))
        if run is None or run.status != "requires_action":
            return self.error(4000, "The chat does not wait for outputs")
        body = await request.json()
        self.outputs.append({**body, **dict(request.query_params)})
        said = ", ".join(each["output"] for each in body["tool_outputs"])
        return self._streamed(spoken(self, run, f"The tools say: {said}"))

    async def retrieve(self, request: Request) -> Response:
        self.retrieved += 1
        run = self._run(dict(request.query_params))
        if run is None:
            return self.error(4200 if self.dialect == "cloud" else 103200001, "not found")
        return self._json(self.chat(run, **({"usage": run.usage} if run.usage else {})))

    async def _messages(self, request: Request) -> Response:
        run = self._run(dict(request.query_params))
        assert run is not None
        # The documents' own sample has the verbose message before the answer.
        listed = sorted(run.said, key=lambda each: each["type"] != "verbose")
        if self.dialect == "cloud":
            return self._json(listed)
        return JSONResponse({**({"Messages": listed} if listed else {}), "code": 0, "msg": "", "BaseResp": None})

    async def _cancel(self, request: Request) -> Response:
        body = await request.json()
        self.cancelled.append(body)
        run = self._run(body)
        assert run is not None
        run.status = "canceled" if self.dialect == "cloud" else "conversation.chat.cancelled"
        if self.dialect == "cloud":
            return self._json(self.chat(run))
        return JSONResponse({"ChatV3ChatDetail": self.chat(run), "BaseResp": None})

    async def _upload(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        async with request.form() as form:
            file = form["file"]
            assert not isinstance(file, str)
            self.uploads.append((file.filename or "", await file.read()))
        identifier = str(7_390_000_000_000_000_000 + len(self.uploads))
        size = len(self.uploads[-1][1])
        return self._json({"id": identifier, "bytes": size, "created_at": NOW, "file_name": self.uploads[-1][0]})

    async def _bot(self, request: Request) -> Response:
        self.probed += 1
        if refused := self._refused(request):
            return refused
        known = request.query_params["bot_id"] == BOT
        return self._json({"bot_id": BOT, "name": "A bot"}) if known else self.error(4200, "no such bot")

    def _run(self, ids: Json) -> Run | None:
        wanted = (ids["conversation_id"], ids["chat_id"])
        return next((run for run in self.runs if (run.conversation, run.id) == wanted), None)

    def _refused(self, request: Request) -> Response | None:
        if request.headers.get("authorization") == f"Bearer {KEY}":
            return None
        if self.dialect == "cloud":
            return self.error(4100, "authentication is invalid", status=401)
        return self.error(700012006, "authentication failed: api key is invalid")

    def _json(self, data: Any) -> Response:
        detail = {"detail": {"logid": "log-1"}} if self.dialect == "cloud" else {"BaseResp": None}
        return JSONResponse({"data": data, "code": 0, "msg": "", **detail}, headers=self._log_id)

    def error(self, code: int, words: str, status: int = 200) -> Response:
        detail = {"detail": {"logid": "log-1"}} if self.dialect == "cloud" else {"BaseResp": None}
        return JSONResponse({"code": code, "msg": words, **detail}, status, self._log_id)

    @property
    def _log_id(self) -> dict[str, str]:
        return {"x-tt-logid" if self.dialect == "cloud" else "X-Log-ID": "log-1"}

    def _streamed(self, steps: Iterable[Step]) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for name, data in steps:
                yield written(name, data)
                self.told += 1
                await asyncio.sleep(PACE)

        return Telling(pieces(), self.closed, self._log_id)


def written(name: str, data: Any) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"event:{name}\ndata:{text}\n\n".encode()


def asked(run: Run) -> tuple[str, list[Json]]:
    """The text of the last message, and what else it has."""
    last = run.body["additional_messages"][-1]
    if last["content_type"] == "text":
        return last["content"], []
    parts = json.loads(last["content"])
    return "".join(part.get("text", "") for part in parts), [part for part in parts if part["type"] != "text"]


def answering(fake: FakeCoze, run: Run) -> Iterator[Step]:
    """Do as the last message says."""
    text, others = asked(run)
    if fake.dialect == "cloud" and TOOL in text:
        yield from begun(fake, run)
        yield from calling(fake, run, [(TOOL, '{"city":"Beijing"}')])
        return
    shown = f"I was given {len(others)} things." if others else ""
    yield from spoken(fake, run, obeyed(text) or shown or prose(bytes(32)), opening=True)


def begun(fake: FakeCoze, run: Run) -> Iterator[Step]:
    run.status = "created"
    yield "conversation.chat.created", fake.chat(run)
    run.status = "in_progress"
    yield "conversation.chat.in_progress", fake.chat(run)


def spoken(
    fake: FakeCoze, run: Run, text: str, *, opening: bool = False, before: Sequence[Step] = ()
) -> Iterator[Step]:
    """A whole answer: its pieces, the same again, and all that is none of it."""
    if opening:
        yield from begun(fake, run)
    yield from before
    for piece in cut(text, None, ()).pieces:
        yield "conversation.message.delta", fake.message(run, "answer", piece.text)
    yield from ended(fake, run, text)


def ended(fake: FakeCoze, run: Run, text: str) -> Iterator[Step]:
    """The end of an answer, and of its chat."""
    prompt = sum(len(encode(each["content"])) for each in run.body["additional_messages"])
    tokens = len(encode(text))
    counts = {"token": str(prompt + tokens), "input_tokens": str(prompt), "output_tokens": str(tokens)}
    usage = {"token_count": prompt + tokens, "output_count": tokens, "input_count": prompt}
    is_cloud = fake.dialect == "cloud"
    told: Json = {} if is_cloud else {"meta_data": {**counts, "time_cost": "0.1"}}
    finish = '{"msg_type":"generate_answer_finish","data":"{}","from_module":null,"from_unit":null}'
    yield "conversation.message.completed", fake.message(run, "answer", text, **told)
    yield "conversation.message.completed", fake.message(run, "verbose", finish, 2)
    yield "conversation.message.completed", fake.message(run, "follow_up", "What else can you do?", 3)
    run.status, run.usage = "completed", usage
    yield "conversation.chat.completed", fake.chat(run, completed_at=NOW, **({"usage": usage} if is_cloud else {}))
    yield from (last(fake),)


def last(fake: FakeCoze) -> Step:
    return ("done", '"[DONE]"') if fake.dialect == "cloud" else ("conversation.stream.done", "")


def calling(fake: FakeCoze, run: Run, calls: Sequence[tuple[str, str]]) -> Iterator[Step]:
    """A chat that waits for the results of calls."""
    run.status = "requires_action"
    wanted = [
        {"id": f"BUJJ{place}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for place, (name, arguments) in enumerate(calls)
    ]
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": wanted}}
    usage = {"token_count": 20, "output_count": 8, "input_count": 12}
    yield "conversation.chat.requires_action", fake.chat(run, required_action=action, usage=usage)
    yield last(fake)
