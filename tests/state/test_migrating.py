"""The tables as the steps leave them."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from reference_server.state import Store
from reference_server.state.connecting import connected
from reference_server.state.migrating import migrate
from reference_server.state.tables import metadata
from tests.state.stores import DATABASES, address, at


@pytest.mark.parametrize("kind", DATABASES)
def test_the_steps_lead_to_the_tables_that_are_written_down(kind: str, tmp_path: Path) -> None:
    def differences(connection: Connection) -> Any:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async def compared(url: str) -> Any:
        engine = connected(url, 20.0)
        await migrate(engine)
        async with engine.connect() as connection:
            found = await connection.run_sync(differences)
        await engine.dispose()
        return found

    with address(kind, tmp_path) as url:
        assert asyncio.run(compared(url)) == []


def test_what_a_newer_version_has_made_is_left_alone(tmp_path: Path) -> None:
    async def keep(store: Store) -> None:
        await store.keep("a", "1", {})

    with address("sqlite", tmp_path) as url:
        at(url, keep)
        with sqlite3.connect(tmp_path / "state.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(ValueError, match="made by a newer version of this server"):
            at(url, keep)


def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    async def keep(store: Store) -> None:
        await store.keep("a", "1", {})

    with address("sqlite", tmp_path) as url:
        at(url, keep)
    with sqlite3.connect(tmp_path / "state.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
