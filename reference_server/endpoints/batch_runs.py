"""Batches at work: their requests go through our own endpoints, in the background."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from itertools import filterfalse
from typing import Any

from starlette.types import ASGIApp, Message

from reference_server.endpoints.rooms import Rooms
from reference_server.endpoints.shelf import Shelf
from reference_server.errors import NotAllowedTogether, Refusal, ServerFault, StorageFull
from reference_server.formatting.errors import envelope
from reference_server.formatting.identifiers import batch_id, request_id
from reference_server.formatting.json_text import repeated
from reference_server.formatting.openai_batches import batch_errors, is_success, json_lines, result, summed_usage
from reference_server.limits import ApiKey
from reference_server.observed import Observed
from reference_server.protocol.json_body import read_object
from reference_server.protocol.openai_batches import PREFIX, Fault, Line, parse_lines

log = logging.getLogger(__name__)
BATCH = "batch"
AT_ONCE = 4
"""Requests of one batch that are in work at the same time."""
Json = dict[str, Any]


class BatchRuns:
    """Runs batches against `app`, the endpoints below the prefix."""

    def __init__(self, rooms: Rooms, app: ASGIApp) -> None:
        """Start with nothing to do."""
        self._rooms = rooms
        self._app = app
        self._shelf = Shelf(rooms)
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, batch: Json, life: int | None, caller: ApiKey) -> None:
        """Begin the work on a new batch; its output is kept for `life` seconds, None is for good."""
        identifier = batch["id"]
        self._rooms.store.put(BATCH, identifier, batch)
        task = asyncio.create_task(self._run(batch, life, caller))
        self._running[identifier] = task
        task.add_done_callback(lambda _: self._running.pop(identifier))

    def stop(self, batch: Json) -> Json:
        """End the work on a batch; what is answered by now stays. One that has not begun sees it by itself."""
        if batch["status"] == "in_progress":
            self._running[batch["id"]].cancel()
        return self._change(batch["id"], "cancelling")

    async def _run(self, batch: Json, life: int | None, caller: ApiKey) -> None:
        identifier = batch["id"]
        lines, faults = parse_lines(self._shelf.content(batch["input_file_id"]), batch["endpoint"])
        results: dict[int, Json] = {}
        try:
            if faults:
                self._change(identifier, "failed", errors=batch_errors(faults))
            elif self._is_cancelled(identifier):
                self._finish(identifier, "cancelled", results, life)
            else:
                self._begin(identifier, lines)
                await self._work_off(identifier, lines, results, caller)
                self._change(identifier, "finalizing")
                self._finish(identifier, "completed", results, life)
        except asyncio.CancelledError:
            if not self._is_cancelled(identifier):
                raise
            self._finish(identifier, "cancelled", results, life)

    def _begin(self, identifier: str, lines: list[Line]) -> None:
        models = {str(line.body.get("model")) for line in lines}
        counts = {"total": len(lines), "completed": 0, "failed": 0}
        model = models.pop() if len(models) == 1 else None
        self._change(identifier, "in_progress", request_counts=counts, model=model)

    def _is_cancelled(self, identifier: str) -> bool:
        return bool(self._batch(identifier)["status"] == "cancelling")

    def _batch(self, identifier: str) -> Json:
        found: Json | None = self._rooms.store.get(BATCH, identifier)
        assert found is not None, "a batch in work was forgotten"
        return found

    async def _work_off(self, identifier: str, lines: list[Line], results: dict[int, Json], caller: ApiKey) -> None:
        pending = iter(enumerate(lines))
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work(identifier, pending, results, caller))

    async def _work(
        self, identifier: str, pending: Iterator[tuple[int, Line]], results: dict[int, Json], caller: ApiKey
    ) -> None:
        for place, line in pending:
            results[place] = await self._answer(line, caller)
            batch = self._batch(identifier)
            outcome = "completed" if is_success(results[place]) else "failed"
            counts = {**batch["request_counts"], outcome: batch["request_counts"][outcome] + 1}
            self._rooms.store.put(BATCH, identifier, {**batch, "request_counts": counts})

    async def _answer(self, line: Line, caller: ApiKey) -> Json:
        asked = request_id(self._rooms.entropy)
        path = line.url.removeprefix(PREFIX)
        observed = Observed(request_id=asked, method="POST", path=path, began=self._rooms.ticks())
        try:
            check_whole(line)
            status, body = await ask(self._app, path, repeated(line.body), observed, caller)
        except Refusal as refusal:
            status, body = refusal.status, envelope(refusal)
        except Exception as error:
            log.exception("%s of a batch failed", asked, exc_info=error)
            status, body = 500, envelope(ServerFault(asked))
        return result(batch_id("batch_req", self._rooms.entropy), line.custom_id, asked, status, body)

    def _finish(self, identifier: str, status: str, results: dict[int, Json], life: int | None) -> None:
        ordered = [results[place] for place in sorted(results)]
        try:
            kept = {
                "output_file_id": self._keep(identifier, "output", filter(is_success, ordered), life),
                "error_file_id": self._keep(identifier, "error", filterfalse(is_success, ordered), life),
            }
        except StorageFull as full:
            self._change(identifier, "failed", errors=batch_errors([Fault(str(full.code), full.message)]))
        else:
            self._change(identifier, status, **kept, usage=summed_usage(ordered))

    def _keep(self, identifier: str, kind: str, results: Iterable[Json], life: int | None) -> str | None:
        content = json_lines(results)
        return self._shelf.add(f"{identifier}_{kind}.jsonl", "batch_output", content, life)["id"] if content else None

    def _change(self, identifier: str, status: str, **changes: Any) -> Json:
        changed = {**self._batch(identifier), **changes, "status": status, f"{status}_at": int(self._rooms.clock())}
        self._rooms.store.put(BATCH, identifier, changed)
        return changed


def check_whole(line: Line) -> None:
    """Refuse a request for a stream: a batch has no one who listens."""
    if line.body.get("stream"):
        raise NotAllowedTogether("stream", "Requests of a batch can't be streamed.")


async def ask(app: ASGIApp, path: str, body: bytes, observed: Observed, caller: ApiKey) -> tuple[int, Json]:
    """Put one JSON request to an app of ours; return the status and the JSON of the answer."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))],
        "request_id": observed.request_id,
        "observed": observed,
        "key": caller,
        "body": body,
    }
    status, answer = 0, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, answer
        status = message.get("status", status)
        answer += message.get("body", b"")

    await app(scope, receive, send)
    return status, read_object(answer)
