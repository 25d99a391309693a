"""Flaws of conversations and their items."""

import re
from collections.abc import Callable
from dataclasses import replace

from reference_server.flaws.kinds import after, before
from reference_server.flaws.messages import Json, Reply, Request, write_json
from reference_server.flaws.response_kinds import creates, ignoring, told

_ALL = re.compile(r".*/conversations")
_ONE = re.compile(r".*/conversations/[^/]+")
_ITEMS = re.compile(r".*/conversations/[^/]+/items")
_ITEM = re.compile(r".*/conversations/[^/]+/items/[^/]+")


def _asks(method: str, *places: re.Pattern[str]) -> Callable[[Request], bool]:
    return lambda request: request.method == method and any(place.fullmatch(request.path) for place in places)


_creates, _retrieves = _asks("POST", _ALL), _asks("GET", _ONE)
_updates, _deletes = _asks("POST", _ONE), _asks("DELETE", _ONE)
_adds, _lists = _asks("POST", _ITEMS), _asks("GET", _ITEMS)
_reads, _drops = _asks("GET", _ITEM), _asks("DELETE", _ITEM)


@told("conversations.schema", when=_creates)
def conversation_created_at_fraction(value: Json) -> None:
    """The created_at of a conversation has a fraction."""
    value["created_at"] += 0.5


@told("conversations.object", when=_creates)
def conversation_object_wrong(value: Json) -> None:
    """The object of a conversation is thread."""
    value["object"] = "thread"


@told("conversations.id-nonempty", when=_creates)
def conversation_id_empty(value: Json) -> None:
    """The id of a new conversation is empty."""
    value["id"] = ""


@told("conversations.id-prefix", when=_updates)
def conversation_id_thread(value: Json) -> None:
    """The id of a conversation that was changed begins with thread_."""
    value["id"] = value["id"].replace("conv_", "thread_")


@told("conversations.retrieve-same", when=_retrieves)
def conversation_metadata_lost(value: Json) -> None:
    """The metadata that a conversation was created with are lost."""
    if "changed" not in value["metadata"]:
        value["metadata"] = {}


@told("conversations.update", when=_retrieves)
def conversation_update_lost(value: Json) -> None:
    """Metadata that were changed are not kept."""
    value["metadata"].pop("changed", None)


@told("conversations.deleted-shape", when=_deletes)
def conversation_deleted_unsaid(value: Json) -> None:
    """The answer to a deletion does not say that it was done."""
    del value["deleted"]


def _reply(value: Json) -> Reply:
    return Reply(200, ((b"content-type", b"application/json"), (b"x-request-id", b"req_0")), write_json(value))


@before("conversations.deleted-gone")
def conversation_delete_forgotten(request: Request) -> Request | Reply:
    """A conversation that was deleted is still there."""
    gone = {"id": request.path.rpartition("/")[2], "object": "conversation.deleted", "deleted": True}
    return _reply(gone) if _deletes(request) else request


@after("conversations.unknown-id")
def conversation_unknown_400(request: Request, reply: Reply) -> Reply:
    """A conversation that does not exist is answered with 400."""
    return replace(reply, status=400) if reply.status == 404 and _retrieves(request) else reply


@told("conversations.list-shape", when=_lists)
def conversation_items_no_first_id(value: Json) -> None:
    """A list of items has no first_id."""
    del value["first_id"]


@after("conversations.items-added")
def conversation_items_added_one(request: Request, reply: Reply) -> Reply:
    """Of the items that join a conversation the first alone is answered."""
    return reply.with_json(reply.json["data"][0]) if _adds(request) and reply.status == 200 else reply


def _each_item(value: Json) -> list[Json]:
    items: list[Json] = value.get("data", [value])
    return items


@told("conversations.item-fields", when=_asks("GET", _ITEMS, _ITEM))
def conversation_item_no_role(value: Json) -> None:
    """A message in a conversation has no role."""
    for item in _each_item(value):
        item.pop("role", None)


@told("conversations.item-schema", when=_asks("GET", _ITEMS, _ITEM))
def conversation_item_no_status(value: Json) -> None:
    """An item of a conversation has no status."""
    for item in _each_item(value):
        item.pop("status", None)


@after("conversations.order")
def conversation_oldest_first(request: Request, reply: Reply) -> Reply:
    """Items are listed oldest first, whatever the order."""
    if not _lists(request) or reply.status != 200 or b"order" in request.scope["query_string"]:
        return reply
    value = reply.json
    ends = {"first_id": value["last_id"], "last_id": value["first_id"]}
    return reply.with_json({**value, **ends, "data": value["data"][::-1]})


@before("conversations.limit")
def conversation_limit_ignored(request: Request) -> Request | Reply:
    """The limit of a page is ignored."""
    return request.without_query("limit") if _lists(request) else request


@before("conversations.after")
def conversation_after_ignored(request: Request) -> Request | Reply:
    """Every page is the first one."""
    return request.without_query("after") if _lists(request) else request


@told("conversations.item-same", when=_reads)
def conversation_item_differs(value: Json) -> None:
    """An item alone says something else than in the list."""
    value["content"] = [{"type": "input_text", "text": "Something else."}]


@before("conversations.item-gone")
def conversation_item_delete_forgotten(request: Request) -> Request | Reply:
    """An item that was deleted is still there."""
    identifier = request.path.split("/")[-3] if _drops(request) else ""
    room = {"id": identifier, "object": "conversation", "created_at": 1_795_000_000, "metadata": {}}
    return _reply(room) if identifier else request


@told("conversations.linked", when=_lists)
def conversation_answer_not_joined(value: Json) -> None:
    """What a response said does not join its conversation."""
    value["data"] = [item for item in value["data"] if item.get("role") != "assistant"]
    if value["data"]:
        value["first_id"] = value["data"][0]["id"]


@ignoring("conversation", "conversations.linked", "conversations.context")
def conversation_ignored() -> None:
    """A response takes no notice of its conversation."""


@told("conversations.named", when=creates)
def conversation_unnamed(value: Json) -> None:
    """A response does not say which conversation it belongs to."""
    value.pop("conversation", None)
