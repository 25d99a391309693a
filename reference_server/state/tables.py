"""The tables of a database store, as the migrations leave them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy import UniqueConstraint as Unique

metadata = MetaData()
number = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up what is called INTEGER and nothing else

objects = Table(
    "objects",
    metadata,
    Column("number", number, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("id", String(128), nullable=False),
    Column("kept_at", BigInteger, nullable=False),  # seconds since 1970
    Column("value", LargeBinary, nullable=False),  # JSON: databases know numbers and texts that are not quite JSON's
    Unique("kind", "id", name="objects_kind_id"),
)
parts = Table(
    "parts",
    metadata,
    Column("number", number, primary_key=True),
    Column("object", number, ForeignKey("objects.number", name="parts_object", ondelete="CASCADE"), nullable=False),
    Column("name", String(128), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Unique("object", "name", name="parts_object_name"),
)
Index("objects_kind_kept_at", objects.c.kind, objects.c.kept_at)
