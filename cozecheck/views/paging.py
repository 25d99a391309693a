"""Lists read as pages: what was asked for, and what is missing on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cozecheck.exchange import ABSENT

OLDEST_FIRST = "/chat/completions"
"""Lists below this path begin with the oldest, unless asked otherwise; others with the latest."""
UNORDERED = "/batches"
"""No order is documented."""
Fault = tuple[str, Any]
"""What was expected, and what came."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list is asked for; *order* is "asc", "desc", or empty where none is documented."""

    cursor: str | None
    limit: int | None
    order: str

    @classmethod
    def of(cls, query: Mapping[str, str], path: str) -> "Asked":
        """Read a query; *path* says what the order is where it says nothing."""
        usual = "" if path.startswith(UNORDERED) else "asc" if path.startswith(OLDEST_FIRST) else "desc"
        limit = query.get("limit", "")
        return cls(query.get("after"), int(limit) if limit.isdecimal() else None, query.get("order", usual))

    def faults(
        self, page: Sequence[Mapping[str, Any]], more: Any, ours: Mapping[str, Mapping[str, Any]]
    ) -> list[Fault]:
        """Hold a page of a list that others write to as well against *ours*: what is sure to be there, by id."""
        return list(self._faults(page, more, ours))

    def _faults(
        self, page: Sequence[Mapping[str, Any]], more: Any, ours: Mapping[str, Mapping[str, Any]]
    ) -> Iterator[Fault]:
        ids = [each.get("id") for each in page]
        if self.limit and len(ids) > self.limit:
            yield f"at most {self.limit}", f"{len(ids)} of them"
        twice = [id for place, id in enumerate(ids) if id in ids[:place]]
        if twice:
            yield "each once", twice[0]
        if self.cursor in ids:
            yield "what comes after it", self.cursor
        times = [_time(each) for each in page]
        known = [each for each in times if each is not None]
        if self.order and known != sorted(known, reverse=self.order == "desc"):
            yield "the latest first" if self.order == "desc" else "the oldest first", known
        if more is False or (more is ABSENT and self.limit is None):
            lost = [id for id, shown in ours.items() if id not in ids and self._follows(shown, ours)]
            if lost:
                yield f"{lost[0]}, for there is no more", ids

    def _follows(self, shown: Mapping[str, Any], ours: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether an object of ours is sure to come after the cursor."""
        if self.cursor is None:
            return True
        there, here = _time(ours.get(self.cursor, {})), _time(shown)
        if there is None or here is None or not self.order:
            return False
        return here < there if self.order == "desc" else here > there


def _time(shown: Mapping[str, Any]) -> float | None:
    time = shown.get("created_at", shown.get("created"))
    return time if isinstance(time, int | float) else None


def after(whole: Sequence[str], asked: Asked) -> Sequence[str] | None:
    """Return what of a list, oldest first, comes after the cursor; None where nobody knows the cursor."""
    ordered = list(whole) if asked.order == "asc" else list(whole)[::-1]
    if asked.cursor is None:
        return ordered
    return ordered[ordered.index(asked.cursor) + 1 :] if asked.cursor in ordered else None


def misses(ids: Sequence[Any], rest: Sequence[str] | None, more: Any, asked: Asked) -> list[Fault]:
    """Hold a page against the *rest* of a list that is known to the last."""
    if rest is None:
        return []
    if asked.limit is None:
        found = list(ids) != list(rest) if len(rest) < 20 else False
        return [(f"{list(rest)}", list(ids))] if found else []
    wanted, is_more = list(rest[: asked.limit]), len(rest) > asked.limit
    if list(ids) != wanted:
        return [(f"{wanted}", list(ids))]
    return [(f"has_more: {str(is_more).lower()}", more)] if more is not is_more and more is not ABSENT else []
