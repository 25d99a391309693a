"""What is kept between requests, in memory or in a database."""

from reference_server.state.database import DatabaseStore
from reference_server.state.memory import MemoryStore
from reference_server.state.store import Json, Store, unchanged

__all__ = ["DatabaseStore", "Json", "MemoryStore", "Store", "unchanged"]
