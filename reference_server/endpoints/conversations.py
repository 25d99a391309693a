"""Conversations and their items."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.errors import NotKept
from reference_server.formatting.identifiers import hexadecimal_id
from reference_server.formatting.json_text import repeated, to_bytes
from reference_server.formatting.lists import list_page
from reference_server.protocol.json_body import read_object
from reference_server.protocol.openai_conversations import parse_addition, parse_change, parse_creation
from reference_server.protocol.paging import Page, parse_page
from reference_server.protocol.responses_items import Item
from reference_server.state import Json, unchanged

KIND = "conversation"
ITEMS = {"message": "msg", "function_call": "fc", "function_call_output": "fco", "reasoning": "rs"}
"""The prefixes of items' ids, by type."""


def routes(rooms: Rooms) -> list[Route]:
    """Return the paths of conversations, below the prefix."""
    conversations = Conversations(rooms)
    one = Methods(GET=conversations.retrieve, POST=conversations.update, DELETE=conversations.delete)
    return [
        Route("/conversations", Methods(POST=conversations.create)),
        Route("/conversations/{id}", one),
        Route("/conversations/{id}/items", Methods(GET=conversations.list_items, POST=conversations.add_items)),
        Route(
            "/conversations/{id}/items/{item}",
            Methods(GET=conversations.retrieve_item, DELETE=conversations.delete_item),
        ),
    ]


async def kept(rooms: Rooms, identifier: str) -> Json:
    """Return a conversation."""
    found = await rooms.store.get(KIND, identifier)
    if found is None:
        raise NotKept("Conversation", identifier)
    return found


async def shown_items(rooms: Rooms, identifier: str) -> Sequence[Item]:
    """Return the items of a conversation, oldest first."""
    await kept(rooms, identifier)
    return [read_object(part) for part in (await rooms.store.parts(KIND, identifier)).values()]


async def join(rooms: Rooms, identifier: str, items: Sequence[Item]) -> bool:
    """Add items to a conversation; tell whether it is still there."""
    return await rooms.store.change(KIND, identifier, unchanged, parts(items)) is not None


def parts(items: Sequence[Item]) -> Mapping[str, bytes]:
    """Return items as a store keeps them."""
    return {item["id"]: repeated(item) for item in items}


class Conversations:
    """Items that stay together."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._rooms = rooms

    async def create(self, request: Request) -> ASGIApp:
        """Begin a conversation."""
        items, metadata = parse_creation(request.scope["body"])
        conversation: Json = {
            "id": f"conv_{self._rooms.entropy.getrandbits(192):048x}",
            "object": "conversation",
            "created_at": int(self._rooms.clock()),
            "metadata": metadata,
        }
        identified = [self._identified(item) for item in items]
        await self._rooms.store.keep(KIND, conversation["id"], conversation, parts(identified))
        return json_response(to_bytes(conversation))

    async def retrieve(self, request: Request) -> ASGIApp:
        """Show a conversation."""
        return json_response(to_bytes(await self._kept(request)))

    async def update(self, request: Request) -> ASGIApp:
        """Give a conversation other metadata."""
        found = await self._kept(request)
        metadata = parse_change(request.scope["body"])
        changed = await self._rooms.store.change(KIND, found["id"], lambda it: {**it, "metadata": metadata})
        if changed is None:
            raise NotKept("Conversation", found["id"])
        return json_response(to_bytes(changed))

    async def delete(self, request: Request) -> ASGIApp:
        """Forget a conversation."""
        identifier = request.path_params["id"]
        if not await self._rooms.store.delete(KIND, identifier):
            raise NotKept("Conversation", identifier)
        return json_response(to_bytes({"id": identifier, "object": "conversation.deleted", "deleted": True}))

    async def add_items(self, request: Request) -> ASGIApp:
        """Add items to a conversation."""
        identifier = (await self._kept(request))["id"]
        items = [self._identified(item) for item in parse_addition(request.scope["body"])]
        if not await join(self._rooms, identifier, items):
            raise NotKept("Conversation", identifier)
        return json_response(to_bytes(list_page(items, Page(order="asc"))))

    async def list_items(self, request: Request) -> ASGIApp:
        """Show a page of the items, latest first unless asked otherwise."""
        items = await shown_items(self._rooms, request.path_params["id"])
        return json_response(to_bytes(list_page(items, parse_page(request.query_params))))

    async def retrieve_item(self, request: Request) -> ASGIApp:
        """Show one item."""
        identifier = request.path_params["item"]
        for item in await shown_items(self._rooms, request.path_params["id"]):
            if item["id"] == identifier:
                return json_response(to_bytes(item))
        raise NotKept("Item", identifier)

    async def delete_item(self, request: Request) -> ASGIApp:
        """Take one item out; the conversation is shown."""
        conversation, item = await self._kept(request), request.path_params["item"]
        if not await self._rooms.store.take_out(KIND, conversation["id"], item):
            raise NotKept("Item", item)
        return json_response(to_bytes(conversation))

    async def _kept(self, request: Request) -> Json:
        return await kept(self._rooms, request.path_params["id"])

    def _identified(self, item: Item) -> Item:
        return {"id": hexadecimal_id(ITEMS[item["type"]], self._rooms.entropy)} | item
