"""Which endpoint a path leads to."""

from collections.abc import Iterable

from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.endpoints.methods import unknown_path


class Paths:
    """The paths below a prefix, and others beside it. Those without parameters are found at once."""

    def __init__(self, prefix: str, below: Iterable[Route], beside: Iterable[Route]) -> None:
        """The prefix begins with a slash and ends without one."""
        below = list(below)
        self._prefix = prefix
        self._exact: dict[str, ASGIApp] = {
            f"{prefix}{route.path}": route.endpoint for route in below if "{" not in route.path
        }
        inner = Router(below, redirect_slashes=False, default=unknown_path)
        self._others = Router([Mount(prefix, inner), *beside], redirect_slashes=False, default=unknown_path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        endpoint = self._exact.get(scope["path"]) if scope["type"] == "http" else None
        if endpoint is None:
            await self._others(scope, receive, send)
            return
        scope["root_path"] = scope.get("root_path", "") + self._prefix
        await endpoint(scope, receive, send)
