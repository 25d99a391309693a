"""Connections to SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
CONNECTIONS = 8
"""Connections at most of one process."""


def connected(url: str, patience: float) -> AsyncEngine:
    """Return an engine for a URL that begins with `sqlite:` or `postgresql:`; ValueError for any other.

    Connections are made when they are needed; nobody waits longer than `patience` seconds for one.
    """
    try:
        given = make_url(url)
        driver = DRIVERS[given.drivername]
    except (ArgumentError, KeyError) as error:
        problem = "an address of what is kept begins with 'sqlite:///' or 'postgresql://'"
        raise ValueError(problem) from error
    arguments = {"timeout": patience}
    engine = create_async_engine(
        given.set(drivername=driver),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=patience,
        pool_pre_ping=driver != DRIVERS["sqlite"],
        connect_args=arguments,
        hide_parameters=True,
    )
    if driver == DRIVERS["sqlite"]:
        event.listen(engine.sync_engine, "connect", prepare)
        event.listen(engine.sync_engine, "begin", begin)
    return engine


def prepare(connection: Any, _record: Any) -> None:
    """Let SQLite write ahead, wait for the disk, and hold parts to their objects."""
    connection.isolation_level = None  # transactions are begun by us
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin(connection: Connection) -> None:
    """Begin a transaction for who will write: it waits at once for the others, for halfway that would be refused.

    Who reads asks once, and needs none.
    """
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
