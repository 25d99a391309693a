"""Every store there is, fresh, for as long as a block lasts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from reference_server.state import DatabaseStore, MemoryStore, Store
from tests import postgres_server

NOW = 1_795_000_000.0
PATIENCE = 20.0
DATABASES = ("sqlite", "postgresql")
STORES = ("memory", *DATABASES)
Found = TypeVar("Found")
Use = Callable[[Store], Awaitable[Found]]


@contextmanager
def address(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of an empty database of a kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'state.db'}"
        return
    with postgres_server.database() as url:
        yield url


def used(kind: str, folder: Path, use: Use[Found]) -> Found:
    """Return what comes of using a fresh store."""
    if kind == "memory":
        return asyncio.run(_used(MemoryStore(lambda: NOW), use))
    with address(kind, folder) as url:
        return at(url, use)


def at(url: str, use: Use[Found]) -> Found:
    """Return what comes of using the store at an address, from a process of its own, as it were."""
    return asyncio.run(_used(DatabaseStore(url, lambda: NOW, PATIENCE), use))


async def _used(store: Store, use: Use[Found]) -> Found:
    try:
        await store.open()
        return await use(store)
    finally:
        await store.close()
