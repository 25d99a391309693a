"""A store in the memory of one process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reference_server.state.store import NO_PARTS, Change, Json

MOST = 10_000
"""Objects kept of one kind."""


@dataclass(slots=True)
class Kept:
    """An object, its parts, and when it was kept."""

    value: Json
    parts: dict[str, bytes]
    at: float


class MemoryStore:
    """Objects that are gone with the process; beyond `most` of a kind the oldest is forgotten."""

    lasts = False

    def __init__(self, clock: Callable[[], float], most: int = MOST) -> None:
        """Start empty; `clock` is in seconds since 1970."""
        self._clock = clock
        self._most = most
        self._kinds: dict[str, dict[str, Kept]] = {}

    async def open(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""

    async def keep(self, kind: str, identifier: str, value: Json, parts: Mapping[str, bytes] = NO_PARTS) -> None:
        """Keep a new object and its parts."""
        kept = self._kinds.setdefault(kind, {})
        kept[identifier] = Kept(value, dict(parts), self._clock())
        if len(kept) > self._most:
            del kept[next(iter(kept))]

    async def get(self, kind: str, identifier: str) -> Json | None:
        """Return an object, None where there is none."""
        found = self._found(kind, identifier)
        return found.value if found else None

    async def change(
        self, kind: str, identifier: str, change: Change, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Json | None:
        """Put what `change` makes of an object in its place, and add parts to it; None where there is none."""
        found = self._found(kind, identifier)
        if found is None:
            return None
        found.value = change(found.value)
        found.parts.update(parts)
        return found.value

    async def delete(self, kind: str, identifier: str) -> bool:
        """Forget an object and its parts; tell whether there was one."""
        return self._kinds.get(kind, {}).pop(identifier, None) is not None

    async def all(self, kind: str) -> list[Json]:
        """Return all objects of a kind, oldest first."""
        return [found.value for found in self._kinds.get(kind, {}).values()]

    async def parts(self, kind: str, identifier: str) -> dict[str, bytes]:
        """Return the parts of an object in the order in which they came."""
        found = self._found(kind, identifier)
        return dict(found.parts) if found else {}

    async def take_out(self, kind: str, identifier: str, part: str) -> bool:
        """Forget one part; tell whether there was one."""
        found = self._found(kind, identifier)
        return found is not None and found.parts.pop(part, None) is not None

    async def forget(self, kind: str, before: float) -> int:
        """Forget the objects of a kind that were kept earlier; return how many."""
        kept = self._kinds.get(kind, {})
        old = [identifier for identifier, found in kept.items() if found.at < before]
        for identifier in old:
            del kept[identifier]
        return len(old)

    def _found(self, kind: str, identifier: str) -> Kept | None:
        return self._kinds.get(kind, {}).get(identifier)
