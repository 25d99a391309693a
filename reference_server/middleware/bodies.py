"""Bodies, read whole."""

from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.errors import BodyTooLarge

HEARD_OUT = 4


class ReadBody:
    """Reads the body whole, up to a limit of bytes, into `scope["body"]`; what is received after it is a farewell."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """`limit` counts bytes."""
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["body"] = await self._body(scope, receive)
        await self._app(scope, receive, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body. One somewhat too large is read to its end, so that the client hears the refusal."""
        most = HEARD_OUT * self._limit
        declared = dict(scope["headers"]).get(b"content-length", b"")
        size = int(declared) if declared.isdigit() else 0
        if size > most:
            raise BodyTooLarge(self._limit)
        body, size, more = bytearray(), 0, True
        while more and size <= most:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            body += part if size <= self._limit else b""
            more = message.get("more_body", False)
        if size > self._limit:
            raise BodyTooLarge(self._limit)
        return bytes(body)
