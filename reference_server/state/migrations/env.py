"""Alembic's way in: the connection is given, steps are taken inside its transaction."""

from alembic import context

from reference_server.state.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
