"""OpenAI's conversations: request bodies to items and metadata."""

from collections.abc import Mapping
from typing import Any

from reference_server.protocol.fields import Reader, array, mapping, nullable, record, short_text
from reference_server.protocol.json_body import parse_object
from reference_server.protocol.responses_items import Item, item

MOST_ITEMS = 20
metadata = mapping(short_text(512), most=16, longest_key=64)
new: Mapping[str, Reader] = {"items": nullable(array(item, most=MOST_ITEMS)), "metadata": nullable(metadata)}
creation = record({}, new)
change = record({"metadata": nullable(metadata)})
addition = record({"items": array(item, least=1, most=MOST_ITEMS)})


def parse_creation(body: bytes) -> tuple[tuple[Item, ...], dict[str, Any]]:
    """Read the first items and the metadata of a conversation; a body may be left out."""
    given = creation(parse_object(body) if body.strip() else {}, "")
    return given.get("items") or (), given.get("metadata") or {}


def parse_change(body: bytes) -> dict[str, Any]:
    """Read the new metadata of a conversation."""
    return change(parse_object(body), "")["metadata"] or {}


def parse_addition(body: bytes) -> tuple[Item, ...]:
    """Read items that join a conversation."""
    items: tuple[Item, ...] = addition(parse_object(body), "")["items"]
    return items
