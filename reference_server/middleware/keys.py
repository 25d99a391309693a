"""Who may call."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.errors import InvalidKey, MissingKey
from reference_server.limits import ApiKey, KeyRing


def bearer(scope: Scope) -> str:
    """Return the key in the Authorization header, or refuse a request without."""
    scheme, _, secret = Headers(scope=scope).get("authorization", "").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise MissingKey
    return secret


class RequireKey:
    """Where there are keys, lets nobody below `prefix` without one of them; `scope["key"]` is who calls."""

    def __init__(
        self, app: ASGIApp, prefix: str, keys: Callable[[], KeyRing | None], secret: Callable[[Scope], str] = bearer
    ) -> None:
        """`keys` gives those that are known at the moment, `secret` the one that a request brings."""
        self._app = app
        self._prefix = f"{prefix}/"
        self._keys = keys
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        known = self._keys()
        if known and scope["type"] == "http" and scope["path"].startswith(self._prefix):
            scope["key"] = caller(self._secret(scope), known)
        await self._app(scope, receive, send)


def caller(secret: str, known: KeyRing) -> ApiKey:
    """Return who brings a key; refuse one that is not known."""
    found = known.find(secret)
    if found is None:
        raise InvalidKey(secret)
    return found
