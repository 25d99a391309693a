"""Who may call."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.errors import InvalidKey, MissingKey
from reference_server.limits import ApiKey, KeyRing


class RequireKey:
    """Where there are keys, lets nobody below `prefix` without one of them; `scope["key"]` is who calls."""

    def __init__(self, app: ASGIApp, prefix: str, keys: Callable[[], KeyRing | None]) -> None:
        """`keys` gives those that are known at the moment."""
        self._app = app
        self._prefix = f"{prefix}/"
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        known = self._keys()
        if known and scope["type"] == "http" and scope["path"].startswith(self._prefix):
            scope["key"] = caller(Headers(scope=scope).get("authorization", ""), known)
        await self._app(scope, receive, send)


def caller(authorization: str, known: KeyRing) -> ApiKey:
    """Return the key that a header brings; refuse one without, or with one that is not known."""
    scheme, _, secret = authorization.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise MissingKey
    found = known.find(secret)
    if found is None:
        raise InvalidKey(secret)
    return found
