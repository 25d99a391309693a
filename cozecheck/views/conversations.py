"""Exchanges read as conversations and their items."""

from dataclasses import dataclass
from typing import Any

from cozecheck.contract.operations import operation
from cozecheck.exchange import Exchange, Response
from cozecheck.views.failures import error_in
from cozecheck.views.wire import Answer, answer

SHOWN = ("conversations.create", "conversations.retrieve", "conversations.update")


@dataclass(frozen=True, slots=True)
class Shown:
    """An object that an answer shows."""

    response: Response
    value: dict[str, Any]
    asked: dict[str, Any]


def _answered(exchange: Exchange, *names: str) -> Answer | None:
    asked = operation(exchange.request)
    return answer(exchange) if asked and asked.name in names else None


def _shown(exchange: Exchange, *names: str) -> Shown | None:
    whole = _answered(exchange, *names)
    if whole is None or not whole.response.ok or not isinstance(whole.response.json, dict):
        return None
    if isinstance(error_in(whole.response.json), dict):
        return None
    return Shown(whole.response, whole.response.json, exchange.request.json)


def conversation(exchange: Exchange) -> Shown | None:
    """Read a conversation."""
    return _shown(exchange, *SHOWN)


def deleted_conversation(exchange: Exchange) -> Shown | None:
    """Read the answer to the deletion of a conversation."""
    return _shown(exchange, "conversations.delete")


def item_list(exchange: Exchange) -> Shown | None:
    """Read a list of the items of a conversation."""
    return _shown(exchange, "conversations.items.list")


def added_items(exchange: Exchange) -> Shown | None:
    """Read the answer to items that join a conversation."""
    return _shown(exchange, "conversations.items.create")


def shown_items(exchange: Exchange) -> tuple[tuple[str, dict[str, Any]], ...] | None:
    """Read items of a conversation, listed, added or retrieved."""
    single = _shown(exchange, "conversations.items.retrieve")
    if single:
        return (("", single.value),)
    listed = item_list(exchange) or added_items(exchange)
    data = listed.value.get("data") if listed else None
    if not isinstance(data, list):
        return None
    return tuple((f"/data/{place}", item) for place, item in enumerate(data) if isinstance(item, dict))


def lookup(exchange: Exchange) -> tuple[str, Answer] | None:
    """Read an answer about one conversation: its id, and what came."""
    whole = _answered(exchange, "conversations.retrieve")
    return (exchange.request.path.rstrip("/").rpartition("/")[2], whole) if whole else None
