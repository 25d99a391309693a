"""A store in a database: SQLite or PostgreSQL."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from reference_server.errors import StateAway
from reference_server.state.connecting import connected
from reference_server.state.migrating import migrate
from reference_server.state.store import NO_PARTS, Change, Json
from reference_server.state.tables import objects, parts

log = logging.getLogger(__name__)
FAILURES = (SQLAlchemyError, OSError, TimeoutError)
FAREWELL = 0.25
"""Seconds in which the thread of a connection that failed has told the event loop so, before that is closed."""


class DatabaseStore:
    """Objects in two tables; several processes may share them. `patience` is for one call, in seconds."""

    lasts = True

    def __init__(self, url: str, clock: Callable[[], float], patience: float) -> None:
        """Connect with the first call; ValueError for a URL that is none of ours."""
        self._engine = connected(url, patience)
        self._clock = clock
        self._patience = patience
        self._opening = asyncio.Lock()
        self._is_open = False

    async def open(self) -> None:
        """Bring the tables up to date, once; ValueError where a newer version has made them."""
        async with self._within_patience():
            pass

    async def close(self) -> None:
        """Let go of all connections."""
        await self._engine.dispose()
        if not self._is_open:
            await asyncio.sleep(FAREWELL)

    async def keep(self, kind: str, identifier: str, value: Json, parts: Mapping[str, bytes] = NO_PARTS) -> None:
        """Keep a new object and its parts."""
        row = {"kind": kind, "id": identifier, "kept_at": int(self._clock()), "value": json.dumps(value).encode()}
        async with self._writing() as connection:
            made = await connection.execute(insert(objects).values(row).returning(objects.c.number))
            await add(connection, made.scalar_one(), parts)

    async def get(self, kind: str, identifier: str) -> Json | None:
        """Return an object, None where there is none."""
        async with self._reading() as connection:
            found = (await connection.execute(one(kind, identifier))).one_or_none()
        return json.loads(found.value) if found else None

    async def change(
        self, kind: str, identifier: str, change: Change, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Json | None:
        """Put what `change` makes of an object in its place, and add parts to it; None where there is none."""
        async with self._writing() as connection:
            # SQLite lets one write at a time, and knows nothing of locked rows.
            found = (await connection.execute(one(kind, identifier).with_for_update())).one_or_none()
            if found is None:
                return None
            value = change(json.loads(found.value))
            if (changed := json.dumps(value).encode()) != found.value:
                this = objects.c.number == found.number
                await connection.execute(update(objects).where(this).values(value=changed))
            await add(connection, found.number, parts)
        return value

    async def delete(self, kind: str, identifier: str) -> bool:
        """Forget an object and its parts; tell whether there was one."""
        async with self._writing() as connection:
            gone = await connection.execute(delete(objects).where(*named(kind, identifier)))
        return bool(gone.rowcount)

    async def all(self, kind: str) -> list[Json]:
        """Return all objects of a kind, oldest first."""
        query = select(objects.c.value).where(objects.c.kind == kind).order_by(objects.c.number)
        async with self._reading() as connection:
            found = (await connection.execute(query)).scalars().all()
        return [json.loads(value) for value in found]

    async def parts(self, kind: str, identifier: str) -> dict[str, bytes]:
        """Return the parts of an object in the order in which they came."""
        query = select(parts.c.name, parts.c.value).join(objects).where(*named(kind, identifier))
        async with self._reading() as connection:
            found = (await connection.execute(query.order_by(parts.c.number))).all()
        return {row.name: row.value for row in found}

    async def take_out(self, kind: str, identifier: str, part: str) -> bool:
        """Forget one part; tell whether there was one."""
        owner = select(objects.c.number).where(*named(kind, identifier)).scalar_subquery()
        async with self._writing() as connection:
            gone = await connection.execute(delete(parts).where(parts.c.object == owner, parts.c.name == part))
        return bool(gone.rowcount)

    async def forget(self, kind: str, before: float) -> int:
        """Forget the objects of a kind that were kept earlier; return how many."""
        async with self._writing() as connection:
            gone = await connection.execute(delete(objects).where(objects.c.kind == kind, objects.c.kept_at < before))
        return gone.rowcount

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._within_patience(), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose work is done when the block ends, and undone if it fails."""
        async with self._within_patience(), self._engine.execution_options(writes=True).begin() as connection:
            yield connection

    @asynccontextmanager
    async def _within_patience(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                async with self._opening:
                    if not self._is_open:
                        await migrate(self._engine)
                        self._is_open = True
                yield
        except FAILURES as error:
            # The kind of error and not its words: those may hold the address, and what was to be kept.
            log.warning("what is kept can't be reached (%s)", type(error).__name__)
            raise StateAway from error


def named(kind: str, identifier: str) -> tuple[Any, Any]:
    """Return the conditions for one object."""
    return objects.c.kind == kind, objects.c.id == identifier


def one(kind: str, identifier: str) -> Select[Any]:
    """Return the query for one object: its number and value."""
    return select(objects.c.number, objects.c.value).where(*named(kind, identifier))


async def add(connection: AsyncConnection, number: int, added: Mapping[str, bytes]) -> None:
    """Add parts to the object of a number, in the place of those of the same names."""
    if added:
        await connection.execute(delete(parts).where(parts.c.object == number, parts.c.name.in_(added)))
        rows = [{"object": number, "name": name, "value": value} for name, value in added.items()]
        await connection.execute(insert(parts), rows)
