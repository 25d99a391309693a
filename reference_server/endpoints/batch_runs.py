"""Batches at work: their requests go through our own endpoints, in the background."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import filterfalse
from random import Random
from typing import Any

from starlette.types import ASGIApp, Message

from reference_server.endpoints.rooms import Rooms
from reference_server.endpoints.shelf import Shelf
from reference_server.errors import NotAllowedTogether, Refusal, ServerFault, StateAway, StorageFull
from reference_server.formatting.errors import envelope
from reference_server.formatting.identifiers import batch_id, file_id, request_id
from reference_server.formatting.json_text import repeated
from reference_server.formatting.openai_batches import batch_errors, is_success, json_lines, result, summed_usage
from reference_server.limits import ApiKey
from reference_server.observed import Observed
from reference_server.protocol.json_body import read_object
from reference_server.protocol.openai_batches import PREFIX, Fault, Line, parse_lines
from reference_server.state import Json, unchanged

log = logging.getLogger(__name__)
BATCH = "batch"
WORK = "batch-work"
OPEN = ("validating", "in_progress")
STOPPABLE = (*OPEN, "cancelling")
ENDS = {"finalizing": "completed", "cancelling": "cancelled"}
"""What a batch is once its answers are put out."""
LEASE = 10.0
"""Seconds after which somebody who no longer says that they work is taken for gone."""
LEAVING = "this process ends"
AT_ONCE = 4
"""Requests of one batch that are in work at the same time."""


class Taken(Exception):  # noqa: N818  (it is an answer)
    """Somebody else works on a batch."""


class BatchRuns:
    """Runs batches against `app`, the endpoints below the prefix.

    Beside each batch that is not done its work is kept: what is answered by now, and a lease. Who works renews it; a
    lease that has run out tells the others that the worker is gone, and one of them goes on.
    """

    def __init__(self, rooms: Rooms, app: ASGIApp) -> None:
        """Start with nothing to do."""
        self._rooms = rooms
        self._store = rooms.store
        self._app = app
        self._shelf = Shelf(rooms)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def start(self, batch: Json, life: int | None, caller: ApiKey) -> None:
        """Begin the work on a new batch; its output is kept for `life` seconds, None is for good."""
        work = {"batch": batch["id"], "life": life, "caller": caller.id, "until": self._lease()}
        await self._store.keep(WORK, batch["id"], work)  # first: what is acknowledged is also done
        await self._store.keep(BATCH, batch["id"], batch)
        self._go_on(work)

    async def stop(self, identifier: str) -> Json | None:
        """End the work on a batch, None where there is none; what is answered by now stays. Refusal if it is done."""
        stopped = await self._store.change(BATCH, identifier, self._cancelling)
        if stopped and stopped["in_progress_at"]:  # else it sees by itself, when it begins
            self._cancel(identifier)
        return stopped

    def _cancel(self, identifier: str) -> None:
        task = self._running.get(identifier)
        if task and not task.cancelling():
            task.cancel()

    async def watch(self) -> None:
        """Renew our leases, and take on what others have left behind, for good."""
        try:
            while True:
                with suppress(StateAway):
                    await self._renew()
                    await self._take_on()
                await asyncio.sleep(LEASE / 4)
        finally:
            await asyncio.shield(self._leave())

    async def _renew(self) -> None:
        for identifier in list(self._running):
            await self._store.change(WORK, identifier, lambda work: {**work, "until": self._lease()})
            batch = await self._store.get(BATCH, identifier)
            if batch and batch["status"] == "cancelling":
                self._cancel(identifier)

    async def _take_on(self) -> None:
        for work in await self._store.all(WORK):
            if work["batch"] not in self._running and self._is_left(work):
                with suppress(Taken):
                    await self._store.change(WORK, work["batch"], self._claimed)
                    self._go_on(work)

    async def _leave(self) -> None:
        """Stop, and let the others know."""
        running = dict(self._running)
        for task in running.values():
            task.cancel(LEAVING)
        await asyncio.gather(*running.values(), return_exceptions=True)
        with suppress(StateAway):
            for identifier in running:
                await self._store.change(WORK, identifier, lambda work: {**work, "until": 0})

    def _lease(self) -> float:
        return self._rooms.clock() + LEASE

    def _is_left(self, work: Json) -> bool:
        return bool(work["until"] <= self._rooms.clock())

    def _claimed(self, work: Json) -> Json:
        if not self._is_left(work):
            raise Taken
        return {**work, "until": self._lease()}

    def _cancelling(self, batch: Json) -> Json:
        if batch["status"] not in STOPPABLE:
            raise Refusal(400, f"Cannot cancel a batch with status '{batch['status']}'.")
        return batch if batch["status"] == "cancelling" else self._at(batch, "cancelling")

    def _go_on(self, work: Json) -> None:
        identifier = work["batch"]
        task = asyncio.create_task(self._run(identifier, work["life"], self._caller(work["caller"])))
        self._running[identifier] = task
        task.add_done_callback(lambda _: self._running.pop(identifier))

    def _caller(self, key: str) -> ApiKey:
        return (self._rooms.keys.named(key) if self._rooms.keys else None) or self._rooms.anybody

    async def _run(self, identifier: str, life: int | None, caller: ApiKey) -> None:
        try:
            try:
                batch = await self._work_off(identifier, caller)
            except asyncio.CancelledError as error:
                if LEAVING in error.args:
                    raise
                batch = await self._store.get(BATCH, identifier)
            if batch:
                await self._finish(batch, life)
            await self._store.delete(WORK, identifier)
        except StateAway:
            log.warning("batch %s waits until what is kept can be reached", identifier)

    async def _work_off(self, identifier: str, caller: ApiKey) -> Json | None:
        """Bring a batch to where nothing is left to ask, from wherever it is; return it, None where it is gone."""
        batch = await self._store.get(BATCH, identifier)
        if batch is None or batch["status"] not in OPEN:
            return batch
        lines, faults = parse_lines(await self._shelf.content(batch["input_file_id"]), batch["endpoint"])
        if faults:
            return await self._advance(identifier, "failed", errors=batch_errors(faults))
        if batch["status"] == "validating":
            models = {str(line.body.get("model")) for line in lines}
            model = models.pop() if len(models) == 1 else None
            begun = await self._advance(identifier, "in_progress", request_counts=none_of(lines), model=model)
            if begun and begun["status"] == "cancelling":
                return begun
        done = await self._store.parts(WORK, identifier)
        left = iter([(place, line) for place, line in enumerate(lines) if part(place) not in done])
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._ask(identifier, left, caller))
        return await self._advance(identifier, "finalizing")

    async def _ask(self, identifier: str, left: Iterator[tuple[int, Line]], caller: ApiKey) -> None:
        for place, line in left:
            answer = await self._answer(line, caller)
            await self._store.change(WORK, identifier, unchanged, {part(place): repeated(answer)})
            # Who is killed here has counted one too few: what is counted at the end is what was kept.
            await self._store.change(BATCH, identifier, partial(counted, answer=answer))

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

    async def _finish(self, batch: Json, life: int | None) -> None:
        """Put out what is answered, and say how the batch ended; what has ended stays as it is."""
        ends = ENDS.get(batch["status"])
        if ends is None:
            return
        kept = await self._store.parts(WORK, batch["id"])
        results = [read_object(kept[place]) for place in sorted(kept)]
        try:
            files = {
                "output_file_id": await self._put_out(batch["id"], "output", filter(is_success, results), life),
                "error_file_id": await self._put_out(batch["id"], "error", filterfalse(is_success, results), life),
            }
        except StorageFull as full:
            await self._change(batch["id"], "failed", errors=batch_errors([Fault(str(full.code), full.message)]))
        else:
            counts = {**batch["request_counts"], **outcomes(results)}
            await self._change(batch["id"], ends, **files, usage=summed_usage(results), request_counts=counts)

    async def _put_out(self, identifier: str, kind: str, results: Iterable[Json], life: int | None) -> str | None:
        content, name = json_lines(results), f"{identifier}_{kind}.jsonl"
        if not content:
            return None
        same = file_id(Random(name))  # noqa: S311  (who goes on after a crash finds the file, and makes no second)
        return str((await self._shelf.put(same, name, "batch_output", content, life))["id"])

    async def _change(self, identifier: str, status: str, **changes: Any) -> Json | None:
        return await self._store.change(BATCH, identifier, lambda batch: self._at({**batch, **changes}, status))

    async def _advance(self, identifier: str, status: str, **changes: Any) -> Json | None:
        """Go on to a status, but for a batch that is being cancelled; return what it is."""

        def advanced(batch: Json) -> Json:
            return batch if batch["status"] == "cancelling" else self._at({**batch, **changes}, status)

        return await self._store.change(BATCH, identifier, advanced)

    def _at(self, batch: Json, status: str) -> Json:
        return {**batch, "status": status, f"{status}_at": int(self._rooms.clock())}


def part(place: int) -> str:
    """Return the name of what is answered to a line."""
    return f"{place:06}"


def none_of(lines: Sequence[Line]) -> Json:
    """Return the counts of a batch that has not begun."""
    return {"total": len(lines), "completed": 0, "failed": 0}


def outcomes(results: Sequence[Json]) -> Json:
    """Return how many answers were good, and how many were not."""
    completed = sum(map(is_success, results))
    return {"completed": completed, "failed": len(results) - completed}


def counted(batch: Json, answer: Json) -> Json:
    """Return a batch that counts one more answer."""
    counts = batch["request_counts"]
    more = {outcome: counts[outcome] + number for outcome, number in outcomes([answer]).items()}
    return {**batch, "request_counts": {**counts, **more}}


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
