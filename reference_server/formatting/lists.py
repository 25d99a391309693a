"""A page of a list as OpenAI shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from reference_server.protocol.paging import Page


def list_page(items: Sequence[Mapping[str, Any]], page: Page) -> dict[str, Any]:
    """Return the page of some items, oldest first, with the ids at both its ends."""
    shown, more = page.of(items)
    return {
        "object": "list",
        "data": list(shown),
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": more,
    }
