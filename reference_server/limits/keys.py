"""API keys: who calls, and what they may."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256

from reference_server.limits.quota import Quota

HEAD = 8
"""Bytes of a digest under which a key is found."""


def any_model(_model: str) -> bool:
    """Allow every model."""
    return True


def globs(*patterns: str) -> Callable[[str], bool]:
    """Allow models that match one of the patterns: `gpt-4o*`."""
    return lambda model: any(fnmatchcase(model, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: never itself. `id` is what logs, limits and caches know it by; 0 is the most urgent."""

    id: str
    digest: bytes
    allows: Callable[[str], bool] = any_model
    quota: Quota = field(default_factory=Quota)
    priority: int = 1


def digest(secret: str) -> bytes:
    """Return what is kept of a key.

    Plain SHA-256: a key is random and long, so that there is nothing to guess, and nothing for a slow hash to slow
    down but every request. Slow hashes are for passwords, which people make up.
    """
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


class KeyRing:
    """All keys that there are; on a reload another ring takes this one's place."""

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        """Find keys by the head of their digest: its timing tells of a hash, which nobody can steer, not of a key."""
        self._keys = {key.digest[:HEAD]: key for key in keys}

    def find(self, secret: str) -> ApiKey | None:
        """Return the key that a caller presents; None where it is none of ours. Compares in constant time."""
        given = digest(secret)
        key = self._keys.get(given[:HEAD])
        return key if key and hmac.compare_digest(key.digest, given) else None

    def named(self, identifier: str) -> ApiKey | None:
        """Return the key with an id, None where it is no longer there."""
        return next((key for key in self._keys.values() if key.id == identifier), None)
