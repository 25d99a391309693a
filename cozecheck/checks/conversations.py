"""Checks: conversations, and the items in them."""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import response_shapes, sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views.conversations import (
    Shown,
    added_items,
    conversation,
    deleted_conversation,
    item_list,
    lookup,
    shown_items,
)
from cozecheck.views.failures import error_in
from cozecheck.views.requests import is_nonsense
from cozecheck.views.responses import response_object
from cozecheck.views.support import is_missing, lacking, words
from cozecheck.views.wire import Answer

TYPED = "typed clients (openai-dotnet, openai-go, openai-java) fail to decode the conversation"
PAGERS = "the SDKs' iteration over items: it ends early, or never"
DOCS = "platform.openai.com/docs/api-reference/conversations/"
Run = Mapping[str, Exchange]


def _found(run: Run, *names: str) -> Verdict | None:
    """Say why the sends of these *names* were not all answered; None where they were."""
    for name in names:
        lack = lacking(run.get(name), name)
        if lack:
            return lack
    return None


def _value(exchange: Exchange) -> Any:
    return exchange.response.json if exchange.response else ABSENT


def _key(exchange: Exchange, key: str) -> Any:
    value = _value(exchange)
    return value.get(key, ABSENT) if isinstance(value, dict) else ABSENT


def _ids(exchange: Exchange) -> list[Any]:
    data = _key(exchange, "data")
    return [item.get("id") for item in data if isinstance(item, dict)] if isinstance(data, list) else []


@check(
    "conversations.schema",
    Level.MUST,
    Basis.SPEC,
    of=conversation,
    cite=sources.CONVERSATION + "; openai.types.conversations.Conversation",
    breaks=(TYPED,),
    remedy="Send id, object, created_at (whole seconds) and metadata.",
)
def schema(it: Shown) -> Iterator[Verdict]:
    """A conversation fits the types of the official SDK, strictly."""
    for departure in response_shapes.conversation(it.value):
        if departure.path not in (("object",), ("id",)):
            yield Problem(departure.expected, departure.actual, at=departure.pointer)


@check(
    "conversations.object",
    Level.MUST,
    Basis.SPEC,
    of=conversation,
    cite=sources.CONVERSATION + "/properties/object",
    breaks=("clients that dispatch on `object`",),
    remedy="Set object to conversation.",
)
def object_(it: Shown) -> Iterator[Verdict]:
    """The object of a conversation is `conversation`."""
    if it.value.get("object") != "conversation":
        yield Problem("conversation", it.value.get("object", ABSENT), at="/object")


@check(
    "conversations.id-nonempty",
    Level.MUST,
    Basis.SPEC,
    of=conversation,
    cite=sources.CONVERSATION + "/properties/id",
    breaks=("every client: there is nothing to go on with",),
    remedy="Make an id for every conversation, as in conv_….",
)
def id_nonempty(it: Shown) -> Iterator[Verdict]:
    """The id of a conversation is a string that is not empty."""
    yield from rules.nonempty_string(it.value, "id")


@check(
    "conversations.id-prefix",
    Level.MAY,
    Basis.DE_FACTO,
    of=conversation,
    cite=sources.WIRE + " (all conversations)",
    breaks=("clients that tell kinds of objects by the prefix of their ids",),
    remedy="Begin ids of conversations with conv_.",
)
def id_prefix(it: Shown) -> Iterator[Verdict]:
    """The id of a conversation begins with conv_."""
    yield from rules.prefix(it.value.get("id"), "conv_", "/id")


@relation(
    "conversations.retrieve-same",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.life",
    cite=DOCS + "retrieve",
    breaks=("clients that pick a conversation up again",),
    remedy="Keep the conversation as it was answered, with its metadata.",
)
def retrieve_same(run: Run) -> Iterator[Verdict]:
    """A retrieved conversation is the one that was created, with its metadata."""
    lack = _found(run, "create", "retrieve")
    if lack:
        yield lack
        return
    asked = run["create"].request.json.get("metadata")
    for key, wanted in (("id", _key(run["create"], "id")), ("metadata", asked)):
        if _key(run["retrieve"], key) != wanted:
            yield Problem(str(wanted), _key(run["retrieve"], key), at="retrieve")


@relation(
    "conversations.update",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.life",
    cite=DOCS + "update",
    breaks=("applications that keep their own data in metadata",),
    remedy="Take the new metadata, answer the conversation with them, and keep them.",
)
def update(run: Run) -> Iterator[Verdict]:
    """Metadata can be changed, and stay so."""
    lack = _found(run, "create", "update", "retrieve again")
    if lack:
        yield lack
        return
    wanted = run["update"].request.json.get("metadata")
    for name in ("update", "retrieve again"):
        if _key(run[name], "metadata") != wanted:
            yield Problem(str(wanted), _key(run[name], "metadata"), at=name)
            return


@check(
    "conversations.deleted-shape",
    Level.MUST,
    Basis.SPEC,
    of=deleted_conversation,
    cite=sources.spec("DeletedConversationResource"),
    breaks=(TYPED,),
    remedy='Answer `{"id": …, "object": "conversation.deleted", "deleted": true}`.',
)
def deleted_shape(it: Shown) -> Iterator[Verdict]:
    """The answer to a deletion says what was deleted, and that it was."""
    for key, wanted in (("object", "conversation.deleted"), ("deleted", True)):
        if it.value.get(key, ABSENT) != wanted:
            yield Problem(str(wanted), it.value.get(key, ABSENT), at=f"/{key}")


@relation(
    "conversations.deleted-gone",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.life",
    cite=DOCS + "delete",
    breaks=("applications that must forget: they believe that they did",),
    remedy="Forget the conversation, and answer 404 from then on.",
)
def deleted_gone(run: Run) -> Iterator[Verdict]:
    """A deleted conversation is gone."""
    lack = _found(run, "create", "delete")
    if lack or "gone" not in run:
        yield lack or Inconclusive("not asked for again")
    elif run["gone"].response and run["gone"].response.ok:
        yield Problem("404", run["gone"].response.status, at="gone")


def nonsense_lookup(exchange: Exchange) -> Answer | None:
    """Read an answer about a conversation that its very id says is none."""
    found = lookup(exchange)
    return found[1] if found and is_nonsense(found[0]) else None


@check(
    "conversations.unknown-id",
    Level.MUST,
    Basis.SDK,
    of=nonsense_lookup,
    cite=sources.PYTHON_STATUS,
    breaks=("openai-python: no NotFoundError for a conversation that is not there",),
    remedy="Answer 404 for ids that you do not keep.",
)
def unknown_id(it: Answer) -> Iterator[Verdict]:
    """A conversation that does not exist is answered with 404."""
    status = it.response.status
    if is_missing(it.exchange) and (status != 404 or not isinstance(error_in(it.response.json), dict)):
        yield Unsupported(f"GET /conversations/{{id}}: {status}, {words(it.exchange)[:160]}")
    elif status not in (404, 401, 403, 429):
        yield Problem("404", f"{status}: {words(it.exchange)[:120]}", at="status")


@check(
    "conversations.list-shape",
    Level.MUST,
    Basis.SPEC,
    of=item_list,
    cite=sources.CONVERSATION_ITEMS + "/required; " + sources.PYTHON_PAGES,
    breaks=(PAGERS,),
    remedy='Answer `{"object": "list", "data": [...], "first_id": …, "last_id": …, "has_more": …}`.',
)
def list_shape(it: Shown) -> Iterator[Verdict]:
    """A list of items has object, data, first_id, last_id and has_more."""
    data = it.value.get("data", ABSENT)
    if it.value.get("object") != "list":
        yield Problem("list", it.value.get("object", ABSENT), at="/object")
    if not isinstance(data, list):
        yield Problem("a list", data, at="/data")
    if not isinstance(it.value.get("has_more"), bool):
        yield Problem("true or false", it.value.get("has_more", ABSENT), at="/has_more")
    ends = [item.get("id") for item in data if isinstance(item, dict)] if isinstance(data, list) else []
    for key, place in (("first_id", 0), ("last_id", -1)):
        if ends and it.value.get(key, ABSENT) != ends[place]:
            yield Problem(str(ends[place]), it.value.get(key, ABSENT), at=f"/{key}")


@check(
    "conversations.items-added",
    Level.SHOULD,
    Basis.SDK,
    of=added_items,
    cite=sources.CONVERSATION_ITEMS + "; openai-python 3.54.0, conversations.items.create() -> ConversationItemList",
    breaks=("openai-python: data is None, or a single item where a list is promised",),
    remedy="Answer a list of the items that were added.",
)
def items_added(it: Shown) -> Iterator[Verdict]:
    """Items that join a conversation are answered as a list of items; one alone may stand for itself."""
    asked = it.asked.get("items")
    number = len(asked) if isinstance(asked, list) else 0
    data = it.value.get("data")
    if number == 1 and isinstance(it.value.get("id"), str) and data is None:
        return
    if not isinstance(data, list) or len(data) != number:
        yield Problem(f"a list of {number}", data if data is not None else it.value, at="/data")


@check(
    "conversations.item-fields",
    Level.MUST,
    Basis.SPEC,
    of=shown_items,
    cite=sources.spec("ConversationItem"),
    breaks=("clients that page by id, or tell items apart by type",),
    remedy="Give every item an id and a type, and every message its role and content.",
)
def item_fields(it: tuple[tuple[str, dict[str, Any]], ...]) -> Iterator[Verdict]:
    """Every item has an id and a type, and a message its role and a list of content."""
    for at, item in it:
        wanted: dict[str, type] = {"id": str, "type": str}
        if item.get("type") == "message":
            wanted |= {"role": str, "content": list}
        for key, shape in wanted.items():
            if not isinstance(item.get(key), shape) or item[key] == "":
                yield Problem("a string" if shape is str else "a list", item.get(key, ABSENT), at=f"{at}/{key}")


@check(
    "conversations.item-schema",
    Level.MAY,
    Basis.SPEC,
    of=shown_items,
    cite=sources.spec("ConversationItem") + "; openai.types.conversations.ConversationItem",
    breaks=("strictly typed clients only: OpenAI's own recorded items lack the status",),
    remedy="Send the fields of the contract, status too.",
    requires=("conversations.item-fields",),
)
def item_schema(it: tuple[tuple[str, dict[str, Any]], ...]) -> Iterator[Verdict]:
    """An item of a conversation fits the types of the official SDK, strictly."""
    for at, item in it:
        for departure in response_shapes.conversation_item(item):
            yield Problem(departure.expected, departure.actual, at=at + departure.pointer)


@relation(
    "conversations.order",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.items",
    cite=DOCS + "list-items: order, desc by default",
    breaks=("clients that show the latest item first, or read the conversation from its start",),
    remedy="List the latest item first, and with order=asc the oldest.",
)
def order(run: Run) -> Iterator[Verdict]:
    """Items are listed latest first, and oldest first with order=asc."""
    lack = _found(run, "create", "add", "latest first", "oldest first")
    if lack:
        yield lack
        return
    added, latest, oldest = (_ids(run[name]) for name in ("add", "latest first", "oldest first"))
    if not added or not latest:
        yield Inconclusive("no items to put in order")
    elif latest[: len(added)] != added[::-1]:
        yield Problem(str(added[::-1]), latest, at="latest first")
    elif oldest != latest[::-1]:
        yield Problem(str(latest[::-1]), oldest, at="oldest first")


@relation(
    "conversations.limit",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.items",
    cite=DOCS + "list-items: limit; " + sources.PYTHON_PAGES,
    breaks=(PAGERS,),
    remedy="Send at most `limit` items, and say has_more where there are more.",
)
def limit(run: Run) -> Iterator[Verdict]:
    """limit bounds a page, and has_more says that there is more."""
    lack = _found(run, "create", "add", "page")
    if lack:
        yield lack
        return
    number, more = len(_ids(run["page"])), _key(run["page"], "has_more")
    if number != 1:
        yield Problem("1 item", f"{number} of them", at="page")
    elif more is not True:
        yield Problem("has_more: true", more, at="page")


@relation(
    "conversations.after",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.items",
    cite=DOCS + "list-items: after; " + sources.PYTHON_PAGES,
    breaks=(PAGERS,),
    remedy="Go on behind the item that `after` names.",
)
def after(run: Run) -> Iterator[Verdict]:
    """A page goes on after the item that `after` names."""
    lack = _found(run, "create", "add", "oldest first", "next page")
    if lack:
        yield lack
        return
    whole, page = _ids(run["oldest first"]), _ids(run["next page"])
    if len(whole) < 2:
        yield Inconclusive("no items to page through")
    elif page != whole[1:]:
        yield Problem(str(whole[1:]), page, at="next page")


@relation(
    "conversations.item-same",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.items",
    cite=DOCS + "get-item",
    breaks=("clients that read one item again",),
    remedy="Answer the item as it is listed.",
)
def item_same(run: Run) -> Iterator[Verdict]:
    """A retrieved item is the one that is listed."""
    lack = _found(run, "create", "add", "latest first", "item")
    if lack:
        yield lack
        return
    data = _key(run["latest first"], "data")
    if isinstance(data, list) and data and isinstance(data[0], dict):
        for key in ("id", "type", "content"):
            if _key(run["item"], key) != data[0].get(key, ABSENT):
                yield Problem(str(data[0].get(key)), _key(run["item"], key), at="item")


@relation(
    "conversations.item-gone",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.items",
    cite=DOCS + "delete-item",
    breaks=("applications that must forget: they believe that they did",),
    remedy="Take the item out of the conversation.",
)
def item_gone(run: Run) -> Iterator[Verdict]:
    """A deleted item is gone."""
    lack = _found(run, "create", "add", "item", "delete item")
    if lack or "gone" not in run:
        yield lack or Inconclusive("not asked for again")
    elif run["gone"].response and run["gone"].response.ok:
        yield Problem("404", run["gone"].response.status, at="gone")


@relation(
    "conversations.linked",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.linked",
    cite=sources.RESPONSE_REQUEST + "conversation: input and output items are automatically added",
    breaks=("conversations: they do not grow, and the model forgets",),
    remedy="Add the input and the output of a response to the conversation that it names.",
)
def linked(run: Run) -> Iterator[Verdict]:
    """The input and the output of a response join its conversation."""
    lack = _found(run, "create", "response", "items")
    if lack:
        yield lack
        return
    made = response_object(run["response"])
    listed = str(_key(run["items"], "data"))
    said = [str(run["response"].request.json.get("input")), *([made.text] if made and made.text else [])]
    for words_ in said:
        if words_ not in listed and repr(words_)[1:-1] not in listed:
            yield Problem(f"an item that says {words_[:60]!r}", _ids(run["items"]), at="items")
            return


@relation(
    "conversations.context",
    Level.MUST,
    Basis.SPEC,
    scenario="conversations.linked",
    cite=sources.RESPONSE_REQUEST + "conversation: items from this conversation are prepended to input_items",
    breaks=("conversations: the model has forgotten everything",),
    remedy="Put the items of the conversation before the input.",
)
def context(run: Run) -> Iterator[Verdict]:
    """A response in a conversation reads what was said before: it counts more tokens than one alone."""
    lack = _found(run, "create", "response", "alone")
    if lack:
        yield lack
        return
    within, alone = (response_object(run[name]) for name in ("response", "alone"))
    fewer, more = (each.usage.get("input_tokens") if each else None for each in (alone, within))
    if not isinstance(fewer, int) or not isinstance(more, int) or fewer <= 0 or more <= 0:
        yield Inconclusive("no usage on both answers")
    elif more <= fewer:
        yield Problem(f"more than {fewer} input tokens, as alone", more, at="response")


@relation(
    "conversations.named",
    Level.SHOULD,
    Basis.SPEC,
    scenario="conversations.linked",
    cite=sources.RESPONSE + "conversation",
    breaks=("clients that file responses by conversation",),
    remedy='Send `conversation: {"id": …}` in every response that belongs to one.',
)
def named(run: Run) -> Iterator[Verdict]:
    """A response says which conversation it belongs to."""
    lack = _found(run, "create", "response")
    if lack:
        yield lack
        return
    wanted = _key(run["create"], "id")
    room = _key(run["response"], "conversation")
    if not isinstance(room, dict) or room.get("id") != wanted:
        yield Problem(f"conversation {wanted}", room, at="response")
