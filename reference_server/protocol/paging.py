"""Which part of a list a client asks for: the query's `after`, `limit` and `order`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reference_server.errors import InvalidType
from reference_server.protocol.fields import integer, one_of

MOST = 100
USUAL = 20


@dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` items that come after the one with the id `after`."""

    after: str | None = None
    limit: int = USUAL
    order: Literal["asc", "desc"] = "desc"

    def of(self, items: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Mapping[str, Any]], bool]:
        """Return the page of some items, oldest first, and whether there are more; an unknown `after` ends the list."""
        ordered = items if self.order == "asc" else items[::-1]
        if self.after is not None:
            ids = [item["id"] for item in ordered]
            ordered = ordered[ids.index(self.after) + 1 :] if self.after in ids else ()
        return ordered[: self.limit], len(ordered) > self.limit


def parse_page(query: Mapping[str, str], most: int = MOST) -> Page:
    """Read a query, strictly; `most` bounds `limit`."""
    limit = query.get("limit", str(USUAL))
    if not limit.removeprefix("-").isdecimal():
        raise InvalidType("limit", "an integer", "a string")
    order = one_of("asc", "desc")(query.get("order", "desc"), "order")
    return Page(query.get("after"), integer(1, most)(int(limit), "limit"), order)
