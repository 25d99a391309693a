"""Responses: created, kept, shown, forgotten."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.conversations import ITEMS, join, shown_items
from reference_server.endpoints.generating import noted
from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.delta import Delta, Engine
from reference_server.errors import (
    ContextLengthExceeded,
    InputTooLong,
    ModelNotFound,
    NotKept,
    NotServed,
    PreviousNotKept,
    Refusal,
    RequestedModelNotFound,
    TimedOut,
)
from reference_server.formatting.event_stream import EventStream
from reference_server.formatting.identifiers import hexadecimal_id
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.lists import list_page
from reference_server.formatting.openai_responses import Frame
from reference_server.formatting.openai_responses_stream import Course
from reference_server.observed import Observed
from reference_server.protocol.openai_responses import parse_response_request
from reference_server.protocol.paging import parse_page
from reference_server.protocol.responses_items import Item
from reference_server.protocol.responses_request import ResponseRequest
from reference_server.state import Json

KIND = "response"


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of responses, below the prefix."""
    responses = Responses(rooms)
    return [
        Route("/responses", Methods(POST=responses.create)),
        Route("/responses/input_tokens", Methods(POST=responses.count)),
        Route("/responses/{id}", Methods(GET=responses.retrieve, DELETE=responses.delete)),
        Route("/responses/{id}/input_items", Methods(GET=responses.input_items)),
        Route("/responses/{id}/cancel", Methods(POST=responses.cancel)),
    ]


class Responses:
    """Answers to items, whole or as events."""

    def __init__(self, rooms: Rooms) -> None:
        """Prepare once what never changes."""
        self._rooms = rooms
        self._snapshots = {model.id: model.snapshot for model in rooms.settings.models if model.snapshot}

    async def create(self, request: Request) -> ASGIApp:
        """Answer items, whole or as events."""
        asked = parse_response_request(request.scope["body"])
        before = await self._before(asked)
        observed: Observed = request.scope["observed"]
        engine = self._engine(request, asked.model)
        chat = self._rooms.asking(request.scope, asked.chat(before))
        deltas = noted(fitting(engine.generate(chat)), observed, self._rooms.ticks)
        course = self._course(asked, before, request.scope["request_id"])
        return await self._respond(
            deltas, asked, course, self._rooms.patience(engine.name, streams=asked.streams) - observed.waited
        )

    async def count(self, request: Request) -> ASGIApp:
        """Count the tokens that items would cost."""
        asked = parse_response_request(request.scope["body"])
        engine = self._engine(request, asked.model)
        tokens = await engine.count(self._rooms.asking(request.scope, asked.chat(await self._before(asked))))
        return json_response(to_bytes({"object": "response.input_tokens", "input_tokens": tokens}))

    async def retrieve(self, request: Request) -> ASGIApp:
        """Show a response that was kept."""
        if request.query_params.get("stream") == "true":
            raise NotServed("stream", "a stream of a response that did not run in the background")
        return json_response(to_bytes((await self._kept(request))["response"]))

    async def delete(self, request: Request) -> ASGIApp:
        """Forget a response."""
        identifier = request.path_params["id"]
        if not await self._rooms.store.delete(KIND, identifier):
            raise NotKept("Response", identifier)
        return json_response(to_bytes({"id": identifier, "object": "response.deleted", "deleted": True}))

    async def input_items(self, request: Request) -> ASGIApp:
        """Show what a response was made from."""
        return json_response(
            to_bytes(list_page((await self._kept(request))["input"], parse_page(request.query_params)))
        )

    async def cancel(self, request: Request) -> ASGIApp:
        """Refuse: what is kept has ended."""
        await self._kept(request)
        raise Refusal(400, "Cannot cancel a synchronous response.")

    async def _kept(self, request: Request) -> Json:
        identifier = request.path_params["id"]
        found = await self._rooms.store.get(KIND, identifier)
        if found is None:
            raise NotKept("Response", identifier)
        return found

    async def _before(self, asked: ResponseRequest) -> tuple[Item, ...]:
        """Return the items that this request goes on from."""
        if asked.conversation:
            return tuple(await shown_items(self._rooms, asked.conversation))
        if asked.previous is None:
            return ()
        found = await self._rooms.store.get(KIND, asked.previous)
        if found is None:
            raise PreviousNotKept(asked.previous)
        return (*found["input"], *found["response"]["output"])

    def _engine(self, request: Request, model: str) -> Engine:
        try:
            return self._rooms.engine(request.scope, model)
        except ModelNotFound as error:
            raise RequestedModelNotFound(model) from error

    async def _respond(
        self, deltas: AsyncIterator[Delta], asked: ResponseRequest, course: Course, patience: float
    ) -> ASGIApp:
        if asked.streams:
            return EventStream(course.stream(deltas), patience)
        try:
            async with asyncio.timeout(patience):
                return json_response(await course.body(deltas))
        except TimeoutError as error:
            raise TimedOut(patience) from error

    def _course(self, asked: ResponseRequest, before: tuple[Item, ...], request_id: str) -> Course:
        frame = Frame(
            id=self._new_id("resp"),
            created_at=int(self._rooms.clock()),
            model=self._snapshots.get(asked.model, asked.model),
            request_id=request_id,
            given=asked.given,
            conversation=asked.conversation,
            logprobs=asked.logprobs,
        )
        items = [self._identified(item) for item in asked.items]

        async def keep(response: Json) -> None:
            if asked.stored:
                await self._rooms.store.keep(KIND, frame.id, {"response": response, "input": [*before, *items]})
            if asked.conversation:
                await join(self._rooms, asked.conversation, [*items, *response["output"]])

        return Course(frame, self._new_id, self._rooms.clock, keep)

    def _identified(self, item: Item) -> Item:
        return {"id": self._new_id(ITEMS[item["type"]])} | item

    def _new_id(self, prefix: str) -> str:
        return hexadecimal_id(prefix, self._rooms.entropy)


async def fitting(deltas: AsyncGenerator[Delta]) -> AsyncGenerator[Delta]:
    """Pass deltas on; an input that does not fit is told in this API's words."""
    async with aclosing(deltas) as produced:
        try:
            async for delta in produced:
                yield delta
        except ContextLengthExceeded as error:
            raise InputTooLong from error
