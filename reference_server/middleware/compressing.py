"""Answers compressed, for clients that take them so."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 1024
"""Bytes of a body that is worth it."""
LEVEL = 5
VARIES = (b"vary", b"Accept-Encoding")


class Compress:
    """Compresses with gzip what is large enough, for whoever takes it; never events, sounds and images."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap what sends responses."""
        self._app = app
        self._gzip = GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI. Who takes no gzip is spared what it costs, but is told of it."""
        if scope["type"] != "http" or b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b""):
            await self._gzip(scope, receive, send)
            return

        async def send_varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message["headers"]
                if int(dict(given).get(b"content-length", 0)) >= SMALLEST:
                    message["headers"] = [*given, VARIES]
            await send(message)

        await self._app(scope, receive, send_varying)
