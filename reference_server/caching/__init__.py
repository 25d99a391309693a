"""What need not be computed twice."""

from reference_server.caching.memory import MemoryValues, Recent, remembering
from reference_server.caching.responses import ResponseCache, repeatable, response_key
from reference_server.caching.values import RedisValues, Values
from reference_server.caching.vectors import VectorCache

__all__ = [
    "MemoryValues",
    "Recent",
    "RedisValues",
    "ResponseCache",
    "Values",
    "VectorCache",
    "remembering",
    "repeatable",
    "response_key",
]
