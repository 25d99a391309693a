"""Chat completions that were asked for with `store`: kept, shown, changed, forgotten."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.delta import Delta
from reference_server.errors import NotKept
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.lists import list_page
from reference_server.formatting.openai_chat import Answer, Gathered
from reference_server.protocol.openai_conversations import parse_change
from reference_server.protocol.paging import parse_page
from reference_server.state import Json

KIND = "completion"


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of completions that are kept, below the prefix."""
    stored = StoredChat(rooms)
    one = Methods(GET=stored.retrieve, POST=stored.update, DELETE=stored.delete)
    return [
        Route("/chat/completions/{id}", one),
        Route("/chat/completions/{id}/messages", Methods(GET=stored.messages)),
    ]


async def kept(
    deltas: AsyncGenerator[Delta], answer: Answer, asked: Mapping[str, Any], rooms: Rooms
) -> AsyncGenerator[Delta]:
    """Pass deltas on; once there are no more, what they make is kept, before anybody is told that it is done."""
    gathered = Gathered()
    async with aclosing(deltas) as produced:
        async for delta in produced:
            gathered.add(delta)
            yield delta
    completion = {**gathered.completion(answer), "metadata": asked.get("metadata") or {}}
    await rooms.store.keep(KIND, answer.id, {"completion": completion, "messages": asked["messages"]})


class StoredChat:
    """Completions that are there for longer than their answer."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._rooms = rooms

    async def list(self, request: Request) -> ASGIApp:
        """Show a page of the completions, oldest first unless asked otherwise; of one model and metadata if asked."""
        query = {"order": "asc", **request.query_params}
        found = [each["completion"] for each in await self._rooms.store.all(KIND)]
        wanted = {name[9:-1]: value for name, value in query.items() if name.startswith("metadata[")}
        shown = [
            each
            for each in found
            if query.get("model") in (None, each["model"]) and wanted.items() <= each["metadata"].items()
        ]
        return json_response(to_bytes(list_page(shown, parse_page(query))))

    async def retrieve(self, request: Request) -> ASGIApp:
        """Show one."""
        return json_response(to_bytes((await self._kept(request))["completion"]))

    async def messages(self, request: Request) -> ASGIApp:
        """Show what one was made from."""
        given = (await self._kept(request))["messages"]
        shown = [message(f"{request.path_params['id']}-{number}", each) for number, each in enumerate(given)]
        query = {"order": "asc", **request.query_params}
        return json_response(to_bytes(list_page(shown, parse_page(query))))

    async def update(self, request: Request) -> ASGIApp:
        """Give one other metadata."""
        metadata, identifier = parse_change(request.scope["body"]), request.path_params["id"]

        def changed(found: Json) -> Json:
            return {**found, "completion": {**found["completion"], "metadata": metadata}}

        found = await self._rooms.store.change(KIND, identifier, changed)
        if found is None:
            raise NotKept("Chat completion", identifier)
        return json_response(to_bytes(found["completion"]))

    async def delete(self, request: Request) -> ASGIApp:
        """Forget one."""
        identifier = request.path_params["id"]
        if not await self._rooms.store.delete(KIND, identifier):
            raise NotKept("Chat completion", identifier)
        gone = {"id": identifier, "object": "chat.completion.deleted", "deleted": True}
        return json_response(to_bytes(gone))

    async def _kept(self, request: Request) -> Json:
        identifier = request.path_params["id"]
        found = await self._rooms.store.get(KIND, identifier)
        if found is None:
            raise NotKept("Chat completion", identifier)
        return found


def message(identifier: str, given: Json) -> Json:
    """Return a message as it is listed: text as `content`, anything else as parts."""
    content = given.get("content")
    in_parts = isinstance(content, list)
    return {
        **given,
        "id": identifier,
        "content": None if in_parts else content,
        "content_parts": content if in_parts else None,
    }
