"""Objects, and their parts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "objects",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("kind", "id", name="objects_kind_id"),
    )
    op.create_index("objects_kind_kept_at", "objects", ["kind", "kept_at"])
    op.create_table(
        "parts",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column(
            "object", NUMBER, sa.ForeignKey("objects.number", name="parts_object", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("object", "name", name="parts_object_name"),
    )
