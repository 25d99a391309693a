"""Completions of prompts, as they were before there were chats."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.generating import noted
from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.delta import Delta
from reference_server.engines.prompts import Written, complete, written
from reference_server.errors import TimedOut
from reference_server.formatting.event_stream import EventStream
from reference_server.formatting.identifiers import lettered_id
from reference_server.formatting.openai_completions import Frame, chunks, completion
from reference_server.observed import Observed
from reference_server.protocol.openai_completions import CompletionRequest, parse_completion


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of completions, below the prefix."""
    completions = Completions(rooms)
    return [Route("/completions", Methods(POST=completions.create))]


class Completions:
    """Prompts, completed whole or as streams; every model that chats does it."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._rooms = rooms
        self._snapshots = {model.id: model.snapshot for model in rooms.settings.models if model.snapshot}

    async def create(self, request: Request) -> ASGIApp:
        """Complete prompts, whole or as a stream."""
        asked = parse_completion(request.scope["body"])
        engine = self._rooms.engine(request.scope, asked.model)
        observed: Observed = request.scope["observed"]
        prompts = [written(prompt) for prompt in asked.prompts]
        frame = self._frame(asked, prompts, request.scope["request_id"])
        deltas = noted(complete(engine, self._rooms.asking(request.scope, asked), prompts), observed, self._rooms.ticks)
        return await self._respond(
            deltas, asked, frame, self._rooms.patience(engine.name, streams=asked.stream) - observed.waited
        )

    async def _respond(
        self, deltas: AsyncIterator[Delta], asked: CompletionRequest, frame: Frame, patience: float
    ) -> ASGIApp:
        if asked.stream:
            return EventStream(chunks(deltas, frame), patience)
        try:
            async with asyncio.timeout(patience):
                return json_response(await completion(deltas, frame))
        except TimeoutError as error:
            raise TimedOut(patience) from error

    def _frame(self, asked: CompletionRequest, prompts: Sequence[Written], request_id: str) -> Frame:
        return Frame(
            id=lettered_id("cmpl", self._rooms.entropy),
            created=int(self._rooms.clock()),
            model=self._snapshots.get(asked.model, asked.model),
            request_id=request_id,
            prompts=prompts,
            n=asked.n,
            echo=asked.echo,
            logprobs=asked.logprobs,
            include_usage=asked.include_usage,
        )
