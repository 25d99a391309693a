"""Who may call."""

import hmac
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.errors import InvalidKey, MissingKey


class RequireKey:
    """Where there are keys, lets nobody below `prefix` without one of them."""

    def __init__(self, app: ASGIApp, prefix: str, digests: Callable[[], Sequence[bytes]]) -> None:
        """`digests` gives those of the keys that are known at the moment, all of one length."""
        self._app = app
        self._prefix = f"{prefix}/"
        self._digests = digests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        known = self._digests()
        if known and scope["type"] == "http" and scope["path"].startswith(self._prefix):
            check_key(Headers(scope=scope).get("authorization", ""), known)
        await self._app(scope, receive, send)


def check_key(authorization: str, digests: Iterable[bytes]) -> None:
    """Refuse a request without a key, or with one that is not known."""
    scheme, _, key = authorization.partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise MissingKey
    given = sha256(key.encode()).digest()
    # All keys are compared, each in constant time, so that the time taken says nothing about them.
    if sum(hmac.compare_digest(given, known) for known in digests) == 0:
        raise InvalidKey(key)
