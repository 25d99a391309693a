"""Scenarios: conversations and their items."""

from typing import Any

from cozecheck.scenarios.responses import PATH as RESPONSES
from cozecheck.scenarios.responses import ask, stops
from cozecheck.scenarios.sending import Send, Steps, Subject, scenario, told

PATH = "/conversations"
NO_SUCH_ID = "conv_does_not_exist_4711"
ALL = ("conversations.*", "transport.*")


def message(text: str) -> dict[str, Any]:
    """Make a user's message as an item."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


@scenario("conversations.life", "conversations.retrieve*", "conversations.update", "conversations.delete*", *ALL)
def life(subject: Subject) -> Steps:
    """A conversation from its beginning to its end, and one that nobody has."""
    unknown = yield Send("unknown", "GET", f"{PATH}/{NO_SUCH_ID}", wrong="nobody has it")
    created = yield Send("create", path=PATH, json={"metadata": {"purpose": "conformance"}})
    if stops(created) or unknown.failure:
        return
    place = f"{PATH}/{told(created, 'id', NO_SUCH_ID)}"
    reply = yield Send("retrieve", "GET", place)
    if stops(reply):
        return
    yield Send("update", path=place, json={"metadata": {"purpose": "conformance", "changed": "yes"}})
    yield Send("retrieve again", "GET", place)
    reply = yield Send("delete", "DELETE", place)
    if not stops(reply):
        yield Send("gone", "GET", place, wrong="it is deleted")


@scenario("conversations.items", "conversations.item*", "conversations.order", "conversations.limit", *ALL)
def items(subject: Subject) -> Steps:
    """Items added, listed in both orders and in pages, read, and deleted."""
    created = yield Send("create", path=PATH, json={"items": [message("one")]})
    if stops(created):
        return
    place = f"{PATH}/{told(created, 'id', NO_SUCH_ID)}/items"
    added = yield Send("add", path=place, json={"items": [message("two"), message("three")]})
    if stops(added):
        return
    latest = yield Send("latest first", "GET", place)
    if stops(latest):
        return
    oldest = yield Send("oldest first", "GET", f"{place}?order=asc")
    yield Send("page", "GET", f"{place}?limit=1")
    yield Send("next page", "GET", f"{place}?order=asc&after={_first_id(oldest)}")
    item = f"{place}/{_first_id(latest)}"
    yield Send("item", "GET", item)
    reply = yield Send("delete item", "DELETE", item)
    if not stops(reply):
        yield Send("gone", "GET", item, wrong="it is deleted")


def _first_id(reply: Any) -> str:
    value = reply.response.json if reply.response else None
    data = value.get("data") if isinstance(value, dict) else None
    first = data[0].get("id") if isinstance(data, list) and data and isinstance(data[0], dict) else None
    return first if isinstance(first, str) and first else "msg_does_not_exist_4711"


@scenario("conversations.linked", "conversations.linked", "conversations.context", "conversations.named", *ALL)
def linked(subject: Subject) -> Steps:
    """A response within a conversation, beside the same question alone."""
    created = yield Send("create", path=PATH, json={"items": [message("The word is marmalade.")]})
    if stops(created):
        return
    conversation = told(created, "id", NO_SUCH_ID)
    question = ask(subject, "Which word was it?", 32)
    reply = yield Send("response", path=RESPONSES, json={**question, "conversation": conversation})
    if stops(reply):
        return
    yield Send("alone", path=RESPONSES, json=question)
    yield Send("items", "GET", f"{PATH}/{conversation}/items")
