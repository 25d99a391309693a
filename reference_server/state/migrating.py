"""Tables brought up to date, by whoever comes first."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

LOCK = 0x636F7A65
"""What servers that start together wait for in PostgreSQL; SQLite lets one write at a time anyway."""


async def migrate(engine: AsyncEngine) -> None:
    """Bring the tables up to date in one transaction; ValueError where a newer version has made them."""
    async with engine.execution_options(writes=True).begin() as connection:
        await connection.run_sync(upgrade)


def upgrade(connection: Connection) -> None:
    """Take every step that was not taken yet."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    config = configuration()
    config.attributes["connection"] = connection
    found = MigrationContext.configure(connection).get_current_revision()
    if found == ScriptDirectory.from_config(config).get_current_head():
        return
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        problem = f"what is kept was made by a newer version of this server (revision {found})"
        raise ValueError(problem) from error


def configuration() -> Config:
    """Return where the steps are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
