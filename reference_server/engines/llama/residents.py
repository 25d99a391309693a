"""The models that are loaded: as many as fit, the least recently used go first."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar


class Model(Protocol):
    """A model that is loaded."""

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        ...

    async def close(self) -> None:
        """End it."""
        ...


Kind = TypeVar("Kind", bound=Model)


class Need(NamedTuple):
    """What is to be loaded, by a name of its own, and the bytes of memory that it will take."""

    name: str
    size: int


class TooLargeError(Exception):
    """A model that does not fit by itself."""


@dataclass(eq=False, slots=True)
class Resident(Generic[Kind]):
    """A model that is loaded, or being loaded; `used` tells which was used before which."""

    need: Need
    loading: asyncio.Task[Kind]
    users: int = 0
    used: int = 0

    @property
    def is_lost(self) -> bool:
        """Whether it could not be loaded, or has died since."""
        if not self.loading.done():
            return False
        return self.loading.cancelled() or self.loading.exception() is not None or not self.loading.result().is_alive


class Residents(Generic[Kind]):
    """Loads models, several at a time, within a budget of memory."""

    def __init__(self, most: int | None) -> None:
        """`most` is in bytes; None is without a bound."""
        self._most = most
        self._here: dict[str, Resident[Kind]] = {}
        self._changed = asyncio.Condition()
        self._uses = 0

    @asynccontextmanager
    async def use(self, need: Need, load: Callable[[], Awaitable[Kind]]) -> AsyncIterator[Kind]:
        """Give a model while the block lasts, loaded if need be; what `load` raises, and TooLargeError."""
        resident = await self._resident(need, load)
        self._uses += 1
        resident.users, resident.used = resident.users + 1, self._uses
        try:
            # Whoever leaves while it is loaded takes nothing from those who wait for the same one.
            yield await asyncio.shield(resident.loading)
        finally:
            resident.users -= 1
            if not resident.users:
                async with self._changed:
                    self._changed.notify_all()

    async def close(self) -> None:
        """End all of them."""
        await asyncio.gather(*(gone(resident) for resident in self._here.values()))
        self._here.clear()

    async def _resident(self, need: Need, load: Callable[[], Awaitable[Kind]]) -> Resident[Kind]:
        """Return the one that is here, or begin to load it as soon as there is room."""
        if self._most is not None and need.size > self._most:
            raise TooLargeError(need.name)
        if found := self._found(need):
            return found
        async with self._changed:
            while (found := self._found(need)) is None and not self._has_room(need):
                if (idle := self._idle()) is None:
                    await self._changed.wait()
                else:
                    await gone(self._here.pop(idle.need.name))
            if found is None:
                found = Resident(need, asyncio.ensure_future(load()))
                # Those who wait for it may all have left.
                found.loading.add_done_callback(lambda task: task.cancelled() or task.exception())
                self._here[need.name] = found
        return found

    def _found(self, need: Need) -> Resident[Kind] | None:
        found = self._here.get(need.name)
        if found and found.is_lost:
            del self._here[need.name]
            return None
        return found

    def _has_room(self, need: Need) -> bool:
        return self._most is None or need.size + sum(each.need.size for each in self._here.values()) <= self._most

    def _idle(self) -> Resident[Kind] | None:
        """Return the one that nobody has used for the longest time, and nobody uses now."""
        return min((each for each in self._here.values() if not each.users), key=lambda each: each.used, default=None)


async def gone(resident: Resident[Kind]) -> None:
    """End a model, or its loading."""
    resident.loading.cancel()
    found = await asyncio.gather(resident.loading, return_exceptions=True)
    if not isinstance(found[0], BaseException):
        await found[0].close()
