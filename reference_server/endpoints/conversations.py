"""Conversations and their items."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods, json_response
from reference_server.endpoints.rooms import Rooms
from reference_server.errors import NotKept
from reference_server.formatting.identifiers import hexadecimal_id
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.lists import list_page
from reference_server.protocol.openai_conversations import parse_addition, parse_change, parse_creation
from reference_server.protocol.paging import Page, parse_page
from reference_server.protocol.responses_items import Item

KIND = "conversation"
ITEMS = {"message": "msg", "function_call": "fc", "function_call_output": "fco", "reasoning": "rs"}
"""The prefixes of items' ids, by type."""
Json = dict[str, Any]


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


def kept(rooms: Rooms, identifier: str) -> Json:
    """Return a conversation and its items, as they are kept."""
    found: Json | None = rooms.store.get(KIND, identifier)
    if found is None:
        raise NotKept("Conversation", identifier)
    return found


def shown_items(rooms: Rooms, identifier: str) -> Sequence[Item]:
    """Return the items of a conversation, oldest first."""
    items: Sequence[Item] = kept(rooms, identifier)["items"]
    return items


def join(rooms: Rooms, identifier: str, items: Sequence[Item]) -> None:
    """Add items to a conversation, if it is still there."""
    found = rooms.store.get(KIND, identifier)
    if found:
        rooms.store.put(KIND, identifier, {**found, "items": [*found["items"], *items]})


class Conversations:
    """Items that stay together."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._rooms = rooms

    async def create(self, request: Request) -> ASGIApp:
        """Begin a conversation."""
        items, metadata = parse_creation(await request.body())
        conversation = {
            "id": f"conv_{self._rooms.entropy.getrandbits(192):048x}",
            "object": "conversation",
            "created_at": int(self._rooms.clock()),
            "metadata": metadata,
        }
        self._put(conversation, [self._identified(item) for item in items])
        return json_response(to_bytes(conversation))

    async def retrieve(self, request: Request) -> ASGIApp:
        """Show a conversation."""
        return json_response(to_bytes(self._kept(request)["conversation"]))

    async def update(self, request: Request) -> ASGIApp:
        """Give a conversation other metadata."""
        found = self._kept(request)
        conversation = {**found["conversation"], "metadata": parse_change(await request.body())}
        self._put(conversation, found["items"])
        return json_response(to_bytes(conversation))

    async def delete(self, request: Request) -> ASGIApp:
        """Forget a conversation."""
        identifier = self._kept(request)["conversation"]["id"]
        self._rooms.store.delete(KIND, identifier)
        return json_response(to_bytes({"id": identifier, "object": "conversation.deleted", "deleted": True}))

    async def add_items(self, request: Request) -> ASGIApp:
        """Add items to a conversation."""
        identifier = self._kept(request)["conversation"]["id"]
        items = [self._identified(item) for item in parse_addition(await request.body())]
        join(self._rooms, identifier, items)
        return json_response(to_bytes(list_page(items, Page(order="asc"))))

    async def list_items(self, request: Request) -> ASGIApp:
        """Show a page of the items, latest first unless asked otherwise."""
        return json_response(to_bytes(list_page(self._kept(request)["items"], parse_page(request.query_params))))

    async def retrieve_item(self, request: Request) -> ASGIApp:
        """Show one item."""
        return json_response(to_bytes(self._item(request)))

    async def delete_item(self, request: Request) -> ASGIApp:
        """Take one item out; the conversation is shown."""
        found, gone = self._kept(request), self._item(request)
        self._put(found["conversation"], [item for item in found["items"] if item["id"] != gone["id"]])
        return json_response(to_bytes(found["conversation"]))

    def _kept(self, request: Request) -> Json:
        return kept(self._rooms, request.path_params["id"])

    def _item(self, request: Request) -> Item:
        identifier = request.path_params["item"]
        items: list[Item] = [item for item in self._kept(request)["items"] if item["id"] == identifier]
        if not items:
            raise NotKept("Item", identifier)
        return items[0]

    def _put(self, conversation: Json, items: Sequence[Item]) -> None:
        self._rooms.store.put(KIND, conversation["id"], {"conversation": conversation, "items": items})

    def _identified(self, item: Item) -> Item:
        return {"id": hexadecimal_id(ITEMS[item["type"]], self._rooms.entropy)} | item
