"""Which web pages may call."""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFLIGHT = {"access-control-allow-methods": "GET, POST, DELETE, OPTIONS", "access-control-max-age": "600"}
EXPOSED = "x-request-id, request-id, openai-processing-ms"


class AllowOrigins:
    """Lets browsers in from the allowed origins; answers their preflights without a key."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        """`*` stands for every origin."""
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] != "http" or b"origin" not in dict(scope["headers"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def send_granted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._grant(headers["origin"], MutableHeaders(raw=message["headers"]))
            await send(message)

        asks = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        answer = self._preflight(headers) if asks else self._app
        await answer(scope, receive, send_granted)

    def _grant(self, origin: str, response: MutableHeaders) -> None:
        response.add_vary_header("Origin")
        if "*" in self._origins or origin in self._origins:
            response["access-control-allow-origin"] = "*" if "*" in self._origins else origin
            response["access-control-expose-headers"] = EXPOSED

    @staticmethod
    def _preflight(headers: Headers) -> Response:
        wanted = headers.get("access-control-request-headers", "authorization, content-type")
        return Response(status_code=204, headers={**PREFLIGHT, "access-control-allow-headers": wanted})
