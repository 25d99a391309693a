"""Who may call, and how much: keys, quotas, reserve and settle."""

from reference_server.limits.headers import headers, refusal
from reference_server.limits.holding import Held, held
from reference_server.limits.keys import ApiKey, KeyRing, digest, globs
from reference_server.limits.memory import MemoryLimiter
from reference_server.limits.quota import Limiter, Quota, Reservation, Verdict
from reference_server.limits.shared import SharedLimiter

__all__ = [
    "ApiKey",
    "Held",
    "KeyRing",
    "Limiter",
    "MemoryLimiter",
    "Quota",
    "Reservation",
    "SharedLimiter",
    "Verdict",
    "digest",
    "globs",
    "headers",
    "held",
    "refusal",
]
