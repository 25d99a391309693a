"""What is kept between requests, whoever keeps it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

Json = dict[str, Any]
Change = Callable[[Json], Json]
NO_PARTS: Mapping[str, bytes] = MappingProxyType({})


class Store(Protocol):
    """Objects by kind and id, oldest first, each with parts of its own, in their order.

    Each call is done whole or not at all, and nobody sees half of it. What can't be reached is StateAway.
    """

    lasts: bool
    """Whether what is kept outlives the process, and is seen by others."""

    async def open(self) -> None:
        """Get ready; ValueError where that is hopeless."""

    async def close(self) -> None:
        """Let go of what is open."""

    async def keep(self, kind: str, identifier: str, value: Json, parts: Mapping[str, bytes] = NO_PARTS) -> None:
        """Keep a new object and its parts."""

    async def get(self, kind: str, identifier: str) -> Json | None:
        """Return an object, None where there is none."""

    async def change(
        self, kind: str, identifier: str, change: Change, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Json | None:
        """Put what `change` makes of an object in its place, and add parts to it; None where there is none.

        Nobody else changes it meanwhile. What `change` raises leaves everything as it was.
        """

    async def delete(self, kind: str, identifier: str) -> bool:
        """Forget an object and its parts; tell whether there was one."""

    async def all(self, kind: str) -> list[Json]:
        """Return all objects of a kind, oldest first."""

    async def parts(self, kind: str, identifier: str) -> dict[str, bytes]:
        """Return the parts of an object in the order in which they came."""

    async def take_out(self, kind: str, identifier: str, part: str) -> bool:
        """Forget one part; tell whether there was one."""

    async def forget(self, kind: str, before: float) -> int:
        """Forget the objects of a kind that were kept earlier, in seconds since 1970; return how many."""


def unchanged(value: Json) -> Json:
    """Leave an object as it is."""
    return value
