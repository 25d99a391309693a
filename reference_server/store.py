"""What is kept between requests, in memory: values by kind and id."""

from typing import Any

MOST = 10_000
"""Values kept of one kind."""


class Store:
    """Values by kind and id, oldest first; beyond `most` of a kind the oldest is forgotten.

    Values are JSON and bytes, and replaced rather than changed, so that a store on disk can take this one's place.
    """

    def __init__(self, most: int = MOST) -> None:
        """Start empty."""
        self._most = most
        self._kinds: dict[str, dict[str, Any]] = {}

    def put(self, kind: str, identifier: str, value: Any) -> None:
        """Keep a value; one that is there already keeps its place."""
        values = self._kinds.setdefault(kind, {})
        values[identifier] = value
        if len(values) > self._most:
            del values[next(iter(values))]

    def get(self, kind: str, identifier: str) -> Any | None:
        """Return a value, None where there is none."""
        return self._kinds.get(kind, {}).get(identifier)

    def delete(self, kind: str, identifier: str) -> bool:
        """Forget a value; tell whether there was one."""
        return self._kinds.get(kind, {}).pop(identifier, None) is not None

    def all(self, kind: str) -> list[Any]:
        """Return all values of a kind, oldest first."""
        return list(self._kinds.get(kind, {}).values())
