"""Chat completions."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.caching import remembering
from reference_server.endpoints.generating import noted
from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.endpoints.stored_chat import StoredChat, kept
from reference_server.engines.delta import Delta, Engine
from reference_server.errors import TimedOut
from reference_server.formatting.event_stream import EventStream
from reference_server.formatting.identifiers import completion_id, fingerprint
from reference_server.formatting.openai_chat import Answer, completion
from reference_server.formatting.openai_chat_stream import chunks
from reference_server.observed import Observed
from reference_server.protocol.chat_request import ChatRequest
from reference_server.protocol.json_body import read_object
from reference_server.protocol.openai_chat import parse_chat_request


def routes(rooms: Rooms, *, tells_stop: bool = False) -> list[Route]:
    """Return the paths of chat completions, below the prefix; their answers may tell which stop sequence ended them."""
    chat = ChatCompletions(rooms, tells_stop=tells_stop)
    stored = StoredChat(rooms)
    return [Route("/chat/completions", Methods(POST=chat.create, GET=stored.list))]


class ChatCompletions:
    """Conversations, answered whole or as streams."""

    def __init__(self, rooms: Rooms, *, tells_stop: bool) -> None:
        """Prepare once what never changes."""
        self._rooms = rooms
        self._tells_stop = tells_stop
        self._snapshots = {model.id: model.snapshot for model in rooms.settings.models if model.snapshot}
        self._parse = remembering(parse_chat_request, rooms.settings.cache.prompts)
        self._fingerprints = {name: fingerprint(name) for name in rooms.engines}

    async def create(self, request: Request) -> ASGIApp:
        """Answer a conversation, whole or as a stream."""
        asked = self._parse(request.scope["body"])
        engine = self._rooms.engine(request.scope, asked.model)
        observed: Observed = request.scope["observed"]
        deltas = noted(engine.generate(self._rooms.asking(request.scope, asked)), observed, self._rooms.ticks)
        answer = self._answer(asked, engine, request.scope["request_id"])
        if asked.options.get("store"):
            deltas = kept(deltas, answer, read_object(request.scope["body"]), self._rooms)
        return await self._respond(
            deltas, asked, answer, self._rooms.patience(engine.name, streams=asked.stream) - observed.waited
        )

    async def _respond(
        self, deltas: AsyncIterator[Delta], asked: ChatRequest, answer: Answer, patience: float
    ) -> ASGIApp:
        if asked.stream:
            return EventStream(chunks(deltas, answer), patience)
        try:
            async with asyncio.timeout(patience):
                return json_response(await completion(deltas, answer))
        except TimeoutError as error:
            raise TimedOut(patience) from error

    def _answer(self, asked: ChatRequest, engine: Engine, request_id: str) -> Answer:
        return Answer(
            id=completion_id(self._rooms.entropy),
            created=int(self._rooms.clock()),
            model=self._snapshots.get(asked.model, asked.model),
            fingerprint=self._fingerprints[engine.name],
            request_id=request_id,
            logprobs=asked.logprobs,
            include_usage=asked.include_usage,
            tells_stop=self._tells_stop,
        )
