"""Checks of conversations: exchanges and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, unsupported
from tests.examples import drop, exchange, put
from tests.response_examples import (
    CONVERSATION_ID,
    begun,
    conversation,
    created,
    item,
    item_list,
    refused,
    response,
    said,
    spent,
    talk,
    wanting,
)

GONE = refused(404, "Conversation with id 'x' not found.")
DELETED = {"id": CONVERSATION_ID, "object": "conversation.deleted", "deleted": True}
PLACE, CHANGED = {"metadata": {"a": "b"}}, {"metadata": {"a": "c"}}
ITEMS = "/items"
ADDED = {"items": [item(2), item(3)]}


def wrong(pointer: str, new: Any) -> Exchange:
    return begun(put(conversation(), pointer, new))


def life(**others: Exchange) -> dict[str, Exchange]:
    run = {
        "create": begun(conversation(**PLACE), PLACE),
        "retrieve": talk(conversation(**PLACE)),
        "update": talk(conversation(**CHANGED), "POST", asked=CHANGED),
        "retrieve again": talk(conversation(**CHANGED)),
        "delete": talk(DELETED, "DELETE"),
        "gone": talk(GONE, status=404),
    }
    return {**run, **{name.replace("_", " "): each for name, each in others.items()}}


def listed(*numbers: int, query: str = "", **changes: Any) -> Exchange:
    return talk(item_list(*map(item, numbers), **changes), below=ITEMS + query)


def items(**others: Exchange) -> dict[str, Exchange]:
    run = {
        "create": begun(),
        "add": talk(item_list(item(2), item(3)), "POST", ITEMS, ADDED),
        "latest first": listed(3, 2, 1),
        "oldest first": listed(1, 2, 3, query="?order=asc"),
        "page": listed(3, query="?limit=1", has_more=True),
        "next page": listed(2, 3, query="?order=asc&after=msg_1"),
        "item": talk(item(3), below=f"{ITEMS}/msg_3"),
        "delete item": talk(conversation(), "DELETE", f"{ITEMS}/msg_3"),
        "gone": talk(GONE, below=f"{ITEMS}/msg_3", status=404),
    }
    return {**run, **{name.replace("_", " "): each for name, each in others.items()}}


def linked(**others: Exchange) -> dict[str, Exchange]:
    asked = wanting("Which word?", conversation=CONVERSATION_ID)
    within = response(said("Marmalade."), usage=spent(read=30), conversation={"id": CONVERSATION_ID})
    run = {
        "create": begun(),
        "response": created(within, asked),
        "alone": created(response(usage=spent(read=9)), wanting("Which word?")),
        "items": talk(item_list(item(3, "Marmalade."), item(2, "Which word?"), item(1)), below=ITEMS),
    }
    return {**run, **others}


def unknown(value: Any, status: int) -> Exchange:
    return exchange(None, value, method="GET", path="/conversations/conv_does_not_exist", status=status)


CASES: tuple[Case, ...] = (
    holds("conversations.schema", "as it is", begun()),
    departs("conversations.schema", "a fraction", wrong("/created_at", 1.5), "/created_at"),
    holds("conversations.object", "as it is", begun()),
    departs("conversations.object", "thread", wrong("/object", "thread"), "/object"),
    holds("conversations.id-nonempty", "as it is", begun()),
    departs("conversations.id-nonempty", "empty", wrong("/id", ""), "/id"),
    holds("conversations.id-prefix", "as it is", begun()),
    departs("conversations.id-prefix", "a thread's", wrong("/id", "thread_1"), "/id"),
    holds("conversations.retrieve-same", "the same", life()),
    departs("conversations.retrieve-same", "without metadata", life(retrieve=talk(conversation())), "retrieve"),
    unsupported(
        "conversations.retrieve-same", "no such path", life(create=begun(refused(404, "Invalid URL"), status=404))
    ),
    holds("conversations.update", "kept", life()),
    departs("conversations.update", "lost", life(retrieve_again=talk(conversation(**PLACE))), "retrieve again"),
    holds("conversations.deleted-shape", "as it is", talk(DELETED, "DELETE")),
    departs("conversations.deleted-shape", "not said", talk(drop(DELETED, "/deleted"), "DELETE"), "/deleted"),
    holds("conversations.deleted-gone", "gone", life()),
    departs("conversations.deleted-gone", "still there", life(gone=talk(conversation())), "gone"),
    holds("conversations.unknown-id", "404", unknown(GONE, 404)),
    departs("conversations.unknown-id", "400", unknown(refused(400, "bad id"), 400), "status"),
    unsupported("conversations.unknown-id", "no such path", unknown({"detail": "Not Found"}, 404)),
    holds("conversations.list-shape", "as it is", listed(3, 2)),
    departs(
        "conversations.list-shape", "no has_more", talk(drop(item_list(item(1)), "/has_more"), below=ITEMS), "/has_more"
    ),
    departs("conversations.list-shape", "another first_id", listed(3, 2, first_id="msg_9"), "/first_id"),
    holds("conversations.items-added", "a list", items()["add"]),
    holds("conversations.items-added", "one for itself", talk(item(1), "POST", ITEMS, {"items": [item(1)]})),
    departs("conversations.items-added", "one of two", talk(item(2), "POST", ITEMS, ADDED), "/data"),
    holds("conversations.item-fields", "as it is", listed(1)),
    departs("conversations.item-fields", "no role", talk(drop(item(1), "/role"), below=f"{ITEMS}/msg_1"), "/role"),
    holds("conversations.item-schema", "as it is", listed(1)),
    departs(
        "conversations.item-schema", "no status", talk(drop(item(1), "/status"), below=f"{ITEMS}/msg_1"), "/status"
    ),
    holds("conversations.order", "both ways", items()),
    departs("conversations.order", "always oldest first", items(latest_first=listed(1, 2, 3)), "latest first"),
    departs("conversations.order", "always latest first", items(oldest_first=listed(3, 2, 1)), "oldest first"),
    holds("conversations.limit", "one, and more", items()),
    departs("conversations.limit", "all", items(page=listed(3, 2, 1)), "page"),
    departs("conversations.limit", "no word of more", items(page=listed(3)), "page"),
    holds("conversations.after", "the rest", items()),
    departs("conversations.after", "all again", items(next_page=listed(1, 2, 3)), "next page"),
    holds("conversations.item-same", "the same", items()),
    departs("conversations.item-same", "another", items(item=talk(item(3, "other"), below=f"{ITEMS}/msg_3")), "item"),
    holds("conversations.item-gone", "gone", items()),
    departs("conversations.item-gone", "still there", items(gone=talk(item(3), below=f"{ITEMS}/msg_3")), "gone"),
    holds("conversations.linked", "joined", linked()),
    departs("conversations.linked", "not joined", linked(items=talk(item_list(item(1)), below=ITEMS)), "items"),
    holds("conversations.context", "more", linked()),
    departs("conversations.context", "as many", linked(alone=created(response(usage=spent(read=30)))), "response"),
    holds("conversations.named", "named", linked()),
    departs("conversations.named", "not named", linked(response=created(response(usage=spent(read=30)))), "response"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_is_judged_as_it_should_be(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
